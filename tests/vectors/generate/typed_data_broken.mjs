// A message that every wallet takes, and ways to break it.
export const BASE = () => ({
  types: {
    Mail: [
      { name: 'to', type: 'Person' },
      { name: 'amount', type: 'uint8' },
      { name: 'tags', type: 'bytes2[2]' },
    ],
    Person: [
      { name: 'wallet', type: 'address' },
      { name: 'name', type: 'string' },
    ],
  },
  primaryType: 'Mail',
  domain: { name: 'chela', chainId: 1 },
  message: {
    to: { wallet: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', name: 'Bob' },
    amount: 7,
    tags: ['0x0102', '0xffff'],
  },
});

// reason → [name, change of the base] or [name, the text itself].
export const one = (type, value) => () => ({
  types: { Case: [{ name: 'v', type }] },
  primaryType: 'Case',
  domain: { name: 'chela' },
  message: { v: value },
});
export const changed = (change) => () => {
  const data = BASE();
  change(data);
  return data;
};
export const raw = (type, value) => JSON.stringify(one(type, 'VALUE')()).replace('"VALUE"', value);
export const replaced = (from, to) => {
  const text = JSON.stringify(BASE());
  if (!text.includes(from)) throw new Error(`no ${from} in the base`);
  return text.replace(from, to);
};
