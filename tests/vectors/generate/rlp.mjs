// RLP of our own, so that what one library cannot write has a second implementation. Source: Yellow Paper, appendix B.

function withLength(payload, short, long) {
  if (payload.length <= 55) return Buffer.concat([Buffer.from([short + payload.length]), payload]);
  const size = Buffer.from(evenHex(BigInt(payload.length)), 'hex');
  return Buffer.concat([Buffer.from([long + size.length]), size, payload]);
}

const evenHex = (number) => {
  const digits = number.toString(16);
  return digits.length % 2 ? `0${digits}` : digits;
};

// item: Buffer, "0x…" (a string of bytes), bigint (the shortest big-endian form) or a list of items.
export function rlp(item) {
  if (Array.isArray(item)) return withLength(Buffer.concat(item.map(rlp)), 0xc0, 0xf7);
  if (typeof item === 'bigint') return rlp(Buffer.from(item === 0n ? '' : evenHex(item), 'hex'));
  if (typeof item === 'string') return rlp(Buffer.from(item.slice(2), 'hex'));
  if (item.length === 1 && item[0] < 0x80) return item;
  return withLength(item, 0x80, 0xb7);
}
