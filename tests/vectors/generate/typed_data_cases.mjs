// The typed data to hash: values of every type, recursive structs, the domain's subsets.
import { Random } from './random.mjs';
import { PLAIN_DOMAIN, SAFE, domainMembers } from './typed_data_flat.mjs';
import { valueCases } from './typed_data_values.mjs';

function* recursive(random) {
  const node = (depth, width) => ({
    name: `n${random.below(1000)}`,
    children: depth === 0 ? [] : Array.from({ length: width }, () => node(depth - 1, width)),
  });
  const types = {
    Node: [
      { name: 'name', type: 'string' },
      { name: 'children', type: 'Node[]' },
    ],
  };
  for (const [depth, width] of [
    [0, 1],
    [1, 1],
    [1, 3],
    [2, 2],
    [3, 2],
    [6, 1],
  ]) {
    yield [
      `recursive through an array, depth ${depth}, width ${width}`,
      { types, primaryType: 'Node', domain: PLAIN_DOMAIN, message: node(depth, width) },
    ];
  }
  const person = (depth) => ({
    wallet: random.address(),
    owns: depth === 0 ? [] : [{ id: depth, seenBy: [[person(depth - 1)], []] }],
  });
  const mutual = {
    Person: [
      { name: 'wallet', type: 'address' },
      { name: 'owns', type: 'Thing[]' },
    ],
    Thing: [
      { name: 'id', type: 'uint64' },
      { name: 'seenBy', type: 'Person[][]' },
    ],
  };
  for (const depth of [0, 1, 2, 4])
    yield [
      `two types that name each other, depth ${depth}`,
      { types: mutual, primaryType: 'Person', domain: PLAIN_DOMAIN, message: person(depth) },
    ];
  const forest = {
    Forest: [
      { name: 'trees', type: 'Node[2]' },
      { name: 'oldest', type: 'Node' },
    ],
    ...types,
  };
  yield [
    'a struct that is not recursive over one that is',
    {
      types: forest,
      primaryType: 'Forest',
      domain: PLAIN_DOMAIN,
      message: { trees: [node(1, 1), node(0, 0)], oldest: node(2, 1) },
    },
  ];
}

function* domains(random) {
  const full = {
    name: 'chela',
    version: '2',
    chainId: 8453,
    verifyingContract: random.address(),
    salt: random.hex(32),
  };
  const types = { Ping: [{ name: 'n', type: 'uint256' }] };
  for (let mask = 1; mask < 32; ++mask) {
    const domain = Object.fromEntries(Object.entries(full).filter((_, i) => mask & (1 << i)));
    for (const written of [false, true]) {
      yield [
        `domain of ${Object.keys(domain).join(' ')}${written ? ' with its type' : ''}`,
        {
          types: written ? { EIP712Domain: domainMembers(domain), ...types } : types,
          primaryType: 'Ping',
          domain,
          message: { n: `${mask}` },
        },
      ];
    }
  }
  for (const chainId of [
    0,
    1,
    Number(SAFE),
    '1',
    `${SAFE + 1n}`,
    `${2n ** 64n}`,
    `${2n ** 256n - 1n}`,
    '0x1',
    `0x${(2n ** 256n - 1n).toString(16)}`,
  ]) {
    yield [
      `domain with chain id ${JSON.stringify(chainId)}`,
      { types, primaryType: 'Ping', domain: { chainId }, message: { n: 1 } },
    ];
  }
  for (const name of ['', 'Ünïcode 鎖 🔑', 'x'.repeat(200)]) {
    yield [
      `domain named ${name.slice(0, 12)}`,
      { types, primaryType: 'Ping', domain: { name, version: '' }, message: { n: 1 } },
    ];
  }
}

export function systematicCases() {
  const random = new Random('chela typed_data 1');
  return [...valueCases(random), ...recursive(random), ...domains(random)];
}

// primaryType EIP712Domain: the digest of the domain alone.
export function domainOnlyCases() {
  return [...domains(new Random('chela typed_data domain 1'))]
    .slice(0, 62)
    .filter(([, each]) => 'EIP712Domain' in each.types)
    .map(([name, { domain }]) => [
      `${name} alone`,
      { types: { EIP712Domain: domainMembers(domain) }, primaryType: 'EIP712Domain', domain, message: {} },
    ]);
}
