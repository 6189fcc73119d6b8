// What several kinds of typed data share: an ordinary domain, the domain's type, a message of one struct.
export const SAFE = 2n ** 53n - 1n;
export const PLAIN_DOMAIN = {
  name: 'Ether Mail',
  version: '1',
  chainId: 1,
  verifyingContract: '0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC',
};

// A message of one struct with these members: [type, value] each.
export function flat(name, members, domain = PLAIN_DOMAIN) {
  const types = { Case: members.map(([type], i) => ({ name: `m${i}`, type })) };
  return [
    name,
    {
      types,
      primaryType: 'Case',
      domain,
      message: Object.fromEntries(members.map(([, value], i) => [`m${i}`, value])),
    },
  ];
}

const DOMAIN = { name: 'string', version: 'string', chainId: 'uint256', verifyingContract: 'address', salt: 'bytes32' };
export const domainMembers = (domain) =>
  Object.keys(DOMAIN)
    .filter((name) => name in domain)
    .map((name) => ({ name, type: DOMAIN[name] }));
