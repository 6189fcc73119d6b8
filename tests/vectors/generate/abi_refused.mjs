// Encodings that a strict decoder must refuse: a right one with one thing changed, or words put together wrongly.
import { encoded } from './abi_encode.mjs';

const ADDRESS = '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed';
const w = (value) => BigInt.asUintN(256, BigInt(value)).toString(16).padStart(64, '0');
const right = (hex) => hex.padEnd(64, '0');

// Sets byte `at` (from the end when negative) of the right encoding.
function withByte(types, values, at, byte) {
  const bytes = Buffer.from(encoded('base', types, values).slice(2), 'hex');
  const index = at < 0 ? bytes.length + at : at;
  if (bytes[index] === byte) throw new Error(`byte ${at} of ${types} is ${byte} already`);
  bytes[index] = byte;
  return `0x${bytes.toString('hex')}`;
}
const cut = (types, values, count) => encoded('base', types, values).slice(0, -2 * count);
const longer = (types, values, more) => encoded('base', types, values) + more;

const dirty = [
  ['address', ADDRESS, 0, 1],
  ['address', ADDRESS, 11, 0xff],
  ['uint8', '1', 30, 1],
  ['uint8', '255', 0, 0x80],
  ['uint160', '1', 11, 1],
  ['uint248', '1', 0, 1],
  ['uint128', '0', 15, 1],
  ['int8', '1', 30, 1],
  ['int8', '-1', 0, 0x7f],
  ['int8', '-128', 30, 0],
  ['int128', '5', 0, 0xff],
  ['int248', '-1', 0, 0],
  ['bytes1', '0xff', 1, 1],
  ['bytes4', '0x01020304', 31, 1],
  ['bytes20', ADDRESS, 20, 0x80],
  ['bytes31', `0x${'11'.repeat(31)}`, 31, 1],
];

function* padding() {
  for (const [type, value, at, byte] of dirty) {
    yield [`${type} with byte ${at} set to ${byte}`, [type], withByte([type], [value], at, byte)];
    yield [
      `${type} in an array, byte ${at} set to ${byte}`,
      [`${type}[]`],
      withByte([`${type}[]`], [[value]], 64 + at, byte),
    ];
  }
  for (const length of [1, 4, 31, 33]) {
    yield [`bytes of ${length} padded with a one`, ['bytes'], withByte(['bytes'], [`0x${'22'.repeat(length)}`], -1, 1)];
    yield [`string of ${length} padded with a one`, ['string'], withByte(['string'], ['x'.repeat(length)], -1, 1)];
  }
  yield ['padding just after the bytes', ['bytes'], withByte(['bytes'], ['0x2222'], 66, 1)];
}

function* bools() {
  for (const [at, byte] of [
    [31, 2],
    [31, 255],
    [30, 1],
    [0, 1],
    [0, 0x80],
  ]) {
    yield [`bool with byte ${at} set to ${byte}`, ['bool'], withByte(['bool'], [true], at, byte)];
  }
  yield ['a bool of 2 in a tuple', ['(uint256,bool)'], withByte(['(uint256,bool)'], [['1', true]], 63, 2)];
}

function* text() {
  for (const bad of [
    '80',
    'c0',
    'c080',
    'c1bf',
    'e08080',
    'eda080',
    'edbfbf',
    'f0808080',
    'f4908080',
    'f5808080',
    'ff',
    'fe',
    'e4b8',
    'f09f92',
    '61c3',
    'c328',
  ]) {
    yield [`string 0x${bad}`, ['string'], `0x${w(32)}${w(bad.length / 2)}${right(bad)}`];
  }
  yield ['a bad string in an array', ['string[]'], `0x${w(32)}${w(1)}${w(32)}${w(1)}${right('ff')}`];
}

function* truncated() {
  yield ['nothing for a uint256', ['uint256'], '0x'];
  for (const count of [1, 31]) yield [`uint256 less ${count} bytes`, ['uint256'], cut(['uint256'], ['7'], count)];
  yield ['one of two words', ['uint256', 'uint256'], cut(['uint256', 'uint256'], ['7', '8'], 32)];
  for (const count of [25, 31, 32, 33, 64])
    yield [`bytes of 40 less ${count} bytes`, ['bytes'], cut(['bytes'], [`0x${'11'.repeat(40)}`], count)];
  yield ['an array less its last element', ['uint256[]'], cut(['uint256[]'], [['1', '2']], 32)];
  yield ['an array without its length', ['uint256[]'], cut(['uint256[]'], [[]], 32)];
  yield ['a fixed array less one', ['uint256[3]'], cut(['uint256[3]'], [['1', '2', '3']], 32)];
}

function* missingPadding() {
  for (const count of [1, 23, 24])
    yield [`bytes of 40 less ${count} bytes of padding`, ['bytes'], cut(['bytes'], [`0x${'11'.repeat(40)}`], count)];
  yield ['a string less its padding', ['string'], cut(['string'], ['abc'], 29)];
  yield ['an array of strings less a byte of padding', ['string[]'], cut(['string[]'], [['abc', 'd']], 1)];
}

function* lengths() {
  for (const [name, length] of Object.entries({
    '2^256-1': 2n ** 256n - 1n,
    '2^255': 2n ** 255n,
    '2^64': 2n ** 64n,
    '2^63': 2n ** 63n,
    '2^32': 2n ** 32n,
    'one too many': 33n,
  })) {
    yield [`bytes of length ${name}`, ['bytes'], `0x${w(32)}${w(length)}${'11'.repeat(32)}`];
  }
  for (const [name, length] of Object.entries({
    '2^256-1': 2n ** 256n - 1n,
    '2^251': 2n ** 251n,
    '2^59': 2n ** 59n,
    'one too many': 2n,
  })) {
    yield [`an array of length ${name}`, ['uint256[]'], `0x${w(32)}${w(length)}${w(1)}`];
  }
  yield ['an array of 2^32 strings', ['string[]'], `0x${w(32)}${w(2n ** 32n)}${w(0)}`];
}

function* trailing() {
  yield ['a byte after a uint256', ['uint256'], longer(['uint256'], ['7'], '00')];
  yield ['a word after a uint256', ['uint256'], longer(['uint256'], ['7'], w(0))];
  yield ['a word after bytes', ['bytes'], longer(['bytes'], ['0x01'], w(0))];
  yield ['a word after an empty array', ['uint256[]'], longer(['uint256[]'], [[]], w(0))];
  yield ['a word where there are no arguments', [], `0x${w(0)}`];
  yield ['a word of padding too many', ['bytes'], `0x${w(32)}${w(0)}${w(0)}`];
}

function* offsets() {
  const abc = right('616263');
  yield ['two strings that share one tail', ['string', 'string'], `0x${w(64)}${w(64)}${w(3)}${abc}`, 'offset_overlap'];
  yield [
    'a tail inside another',
    ['bytes', 'bytes'],
    `0x${w(64)}${w(96)}${w(64)}${w(32)}${w(1)}${w(0)}`,
    'offset_overlap',
  ];
  yield [
    'array elements that share one tail',
    ['bytes[]'],
    `0x${w(32)}${w(2)}${w(64)}${w(64)}${w(1)}${right('ff')}`,
    'offset_overlap',
  ];
  yield ['an offset into the head', ['uint256', 'bytes'], `0x${w(0)}${w(0)}`, 'offset_overlap'];
  yield ['an offset to itself', ['bytes'], `0x${w(0)}`, 'offset_overlap'];
  yield ['an array whose elements are the array', ['uint256[][]'], `0x${w(32)}${w(1)}${w(0)}`, 'offset_overlap'];
  yield ['a tail after a gap', ['bytes'], `0x${w(64)}${w(0)}${w(1)}${right('ff')}`, 'offset_gap'];
  yield [
    'a gap between two tails',
    ['bytes', 'bytes'],
    `0x${w(64)}${w(160)}${w(1)}${right('aa')}${w(0)}${w(1)}${right('bb')}`,
    'offset_gap',
  ];
  yield ['a gap in an array', ['bytes[]'], `0x${w(32)}${w(1)}${w(64)}${w(0)}${w(1)}${right('bb')}`, 'offset_gap'];
  yield ['an offset that is no multiple of 32', ['bytes'], `0x${w(33)}00${w(1)}${right('ff')}`, 'offset_gap'];
  yield [
    'tails in the other order',
    ['string', 'string'],
    `0x${w(128)}${w(64)}${w(1)}${right('62')}${w(1)}${right('61')}`,
    'order',
  ];
  yield [
    'array elements in the other order',
    ['bytes[]'],
    `0x${w(32)}${w(2)}${w(128)}${w(64)}${w(1)}${right('bb')}${w(1)}${right('aa')}`,
    'order',
  ];
  yield [
    'tuple members in the other order',
    ['(bytes,bytes)'],
    `0x${w(32)}${w(128)}${w(64)}${w(1)}${right('bb')}${w(1)}${right('aa')}`,
    'order',
  ];
  for (const [name, offset] of Object.entries({
    'at the end': 32n * 3n,
    'past the end': 4096n,
    '2^32': 2n ** 32n,
    '2^63': 2n ** 63n,
    '2^64-32': 2n ** 64n - 32n,
    '2^255': 2n ** 255n,
    '-32': -32n,
  })) {
    yield [`an offset ${name}`, ['bytes'], `0x${w(offset)}${w(1)}${right('ff')}`, 'offset_out_of_range'];
    yield [`an offset in an array ${name}`, ['string[]'], `0x${w(32)}${w(1)}${w(offset)}`, 'offset_out_of_range'];
  }
}

const GROUPS = {
  dirty_padding: padding,
  bad_bool: bools,
  bad_utf8: text,
  truncated,
  missing_padding: missingPadding,
  length_out_of_range: lengths,
  trailing_bytes: trailing,
  offset: offsets,
};

// Each as [name, types, encoded, reason].
export function refusedAbi() {
  return Object.entries(GROUPS).flatMap(([reason, make]) =>
    [...make()].map(([name, types, bytes, own]) => [name, types, bytes, own ?? reason]),
  );
}
