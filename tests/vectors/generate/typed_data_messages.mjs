// Messages that people sign, and random trees of structs.
import { Random } from './random.mjs';
import { PLAIN_DOMAIN, domainMembers } from './typed_data_flat.mjs';

const members = (text) =>
  text.split(',').map((each) => {
    const [type, name] = each.trim().split(' ');
    return { name, type };
  });

// A value of a type; numbers come as JSON integers where they fit, else as decimal text or as hex.
function valueOf(random, type, types) {
  const array = type.match(/^(.*)\[(\d*)\]$/);
  if (array) {
    const length = array[2] === '' ? random.below(4) : Number(array[2]);
    return Array.from({ length }, () => valueOf(random, array[1], types));
  }
  if (type in types)
    return Object.fromEntries(types[type].map((each) => [each.name, valueOf(random, each.type, types)]));
  if (type === 'bool') return random.chance(50);
  if (type === 'address') return random.address();
  if (type === 'string') return text(random);
  if (type === 'bytes') return random.hex(random.below(70));
  if (type.startsWith('bytes')) return random.hex(Number(type.slice(5)));
  return number(random, type);
}

function text(random) {
  const points = Array.from({ length: random.below(12) }, () => {
    const point = random.chance(60) ? 0x20 + random.below(0x5f) : random.below(0x110000);
    return point >= 0xd800 && point <= 0xdfff ? 0x2603 : point;
  });
  return String.fromCodePoint(...points);
}

function number(random, type) {
  const signed = type.startsWith('int');
  const magnitude = random.bits(Number(type.replace(/^u?int/, '')) - (signed ? 1 : 0));
  const value = signed && random.chance(50) ? -magnitude : magnitude;
  if (magnitude < 2n ** 53n && random.chance(60)) return Number(value);
  return !signed && random.chance(20) ? `0x${value.toString(16)}` : `${value}`;
}

function atomic(random) {
  const size = 1 + random.below(32);
  return random.pick([
    'address',
    'bool',
    'string',
    'bytes',
    `bytes${size}`,
    `uint${8 * size}`,
    `int${8 * size}`,
    'uint256',
  ]);
}

const arrayOf = (random, type) => type + random.pick(['', '', '', '', '[]', '[2]', '[][]', '[1][]', '[][2]']);

// Names whose order under sort() is not the order they are written in: capitals, digits and underscores.
const NAMES = [
  'Order',
  'order',
  '_Item',
  'Z9',
  'Z10',
  'A_b',
  'AB',
  'Ab',
  'a',
  'item2',
  'Item',
  'ZZ_',
  'x_',
  'Person',
  'Mail',
];

// A tree of structs: each names only those after it, and each is named by one before it.
function randomTypes(random) {
  const names = random.shuffled(NAMES).slice(0, 1 + random.below(6));
  const types = Object.fromEntries(names.map((name) => [name, []]));
  names.forEach((name, i) => {
    const count = 1 + random.below(5);
    for (let k = 0; k < count; ++k) types[name].push(arrayOf(random, atomic(random)));
    if (i > 0) types[names[random.below(i)]].push(arrayOf(random, name));
    if (i > 1 && random.chance(30)) types[names[0]].push(arrayOf(random, name));
  });
  const named = Object.entries(types).map(([name, list]) => [
    name,
    list.map((type, i) => ({ name: `${random.pick(['f', '_', 'Value', 'to'])}${i}`, type })),
  ]);
  return { types: Object.fromEntries(random.shuffled(named)), primaryType: names[0] };
}

function randomDomain(random) {
  const all = {
    name: text(random),
    version: '1',
    chainId: number(random, 'uint256'),
    verifyingContract: random.address(),
    salt: random.hex(32),
  };
  const kept = Object.entries(all).filter(() => random.chance(70));
  return Object.fromEntries(kept.length > 0 ? kept : [['name', 'chela']]);
}

export function randomCases(count) {
  const random = new Random('chela typed_data random 1');
  return Array.from({ length: count }, (_, i) => {
    const { types, primaryType } = randomTypes(random);
    const domain = randomDomain(random);
    const written = random.chance(50) ? { ...types, EIP712Domain: domainMembers(domain) } : types;
    return [`random ${i}`, { types: written, primaryType, domain, message: valueOf(random, primaryType, types) }];
  });
}

const MAIL = {
  Person: members('string name, address wallet'),
  Mail: members('Person from, Person to, string contents'),
};
const KNOWN = {
  'ERC-2612 Permit': {
    Permit: members('address owner, address spender, uint256 value, uint256 nonce, uint256 deadline'),
  },
  'Permit2 PermitSingle': {
    PermitSingle: members('PermitDetails details, address spender, uint256 sigDeadline'),
    PermitDetails: members('address token, uint160 amount, uint48 expiration, uint48 nonce'),
  },
  'Permit2 PermitBatch': {
    PermitBatch: members('PermitDetails[] details, address spender, uint256 sigDeadline'),
    PermitDetails: members('address token, uint160 amount, uint48 expiration, uint48 nonce'),
  },
  'Permit2 PermitTransferFrom': {
    PermitTransferFrom: members('TokenPermissions permitted, address spender, uint256 nonce, uint256 deadline'),
    TokenPermissions: members('address token, uint256 amount'),
  },
  'ERC-3009 TransferWithAuthorization': {
    TransferWithAuthorization: members(
      'address from, address to, uint256 value, uint256 validAfter, uint256 validBefore, bytes32 nonce',
    ),
  },
  'Safe transaction': {
    SafeTx: members(
      'address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, uint256 gasPrice, address gasToken, address refundReceiver, uint256 nonce',
    ),
  },
  'order with items': {
    OrderComponents: members(
      'address offerer, address zone, OfferItem[] offer, ConsiderationItem[] consideration, uint8 orderType, uint256 startTime, uint256 endTime, bytes32 zoneHash, uint256 salt, bytes32 conduitKey, uint256 counter',
    ),
    OfferItem: members(
      'uint8 itemType, address token, uint256 identifierOrCriteria, uint256 startAmount, uint256 endAmount',
    ),
    ConsiderationItem: members(
      'uint8 itemType, address token, uint256 identifierOrCriteria, uint256 startAmount, uint256 endAmount, address recipient',
    ),
  },
};

export function knownMessages() {
  const random = new Random('chela typed_data known 1');
  const mail = [
    'Mail as EIP-712 prints it',
    {
      types: { EIP712Domain: domainMembers(PLAIN_DOMAIN), ...MAIL },
      primaryType: 'Mail',
      domain: PLAIN_DOMAIN,
      message: {
        from: { name: 'Cow', wallet: '0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826' },
        to: { name: 'Bob', wallet: '0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB' },
        contents: 'Hello, Bob!',
      },
    },
  ];
  return [
    mail,
    ...Object.entries(KNOWN).flatMap(([name, types]) =>
      Array.from({ length: 3 }, (_, i) => {
        const primaryType = Object.keys(types)[0];
        return [
          `${name} ${i}`,
          {
            types,
            primaryType,
            domain: { ...PLAIN_DOMAIN, name, verifyingContract: random.address() },
            message: valueOf(random, primaryType, types),
          },
        ];
      }),
    ),
  ];
}
