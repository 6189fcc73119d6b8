// The values to encode: every elementary type at its limits, shapes of arrays and tuples, random ones.
import { Random } from './random.mjs';

function* elementary(random) {
  for (let bits = 8; bits <= 256; bits += 8) {
    const top = 2n ** BigInt(bits);
    const list = [0n, 1n, top / 2n, top - 1n].map(String);
    yield [`uint${bits}`, list.map(() => `uint${bits}`), list];
    const signed = [0n, 1n, -1n, top / 2n - 1n, -top / 2n, -top / 2n + 1n].map(String);
    yield [`int${bits}`, signed.map(() => `int${bits}`), signed];
  }
  for (let size = 1; size <= 32; ++size) {
    const list = [`0x${'00'.repeat(size)}`, `0x${'ff'.repeat(size)}`, random.hex(size)];
    yield [`bytes${size}`, list.map(() => `bytes${size}`), list];
  }
  for (const length of [0, 1, 31, 32, 33, 63, 64, 65, 300]) {
    yield [`bytes of ${length}`, ['bytes'], [random.hex(length)]];
    yield [`string of ${length}`, ['string'], ['x'.repeat(length)]];
  }
  for (const text of [
    'é',
    'ß中',
    '\u{10000}',
    '\u{10ffff}',
    '👩‍👩‍👧‍👦',
    '\u0000',
    '\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff',
    'ends at the word: 32 bytes here.',
  ]) {
    yield [`string ${JSON.stringify(text)}`, ['string'], [text]];
  }
  yield ['bools', ['bool', 'bool'], [true, false]];
  yield [
    'addresses',
    ['address', 'address', 'address'],
    [`0x${'00'.repeat(20)}`, `0x${'ff'.repeat(20)}`, random.address()],
  ];
}

function* shapes(random) {
  const a = () => random.address();
  const n = () => `${random.bits(256)}`;
  const list = [
    [['uint256[]'], [[]]],
    [['uint256[]'], [['1']]],
    [['uint256[3]'], [['1', '2', '3']]],
    [
      ['uint8[3][2]'],
      [
        [
          ['1', '2', '3'],
          ['4', '5', '6'],
        ],
      ],
    ],
    [['uint256[][]'], [[]]],
    [['uint256[][]'], [[[]]]],
    [['uint256[][]'], [[[], ['1'], ['2', '3']]]],
    [['uint256[][2]'], [[[], ['9']]]],
    [
      ['uint256[2][]'],
      [
        [
          ['1', '2'],
          ['3', '4'],
        ],
      ],
    ],
    [['string[]'], [[]]],
    [['string[]'], [['', 'a', 'é'.repeat(20)]]],
    [['bytes[2]'], [['0x', random.hex(33)]]],
    [['bytes[][]'], [[['0x', '0x00'], []]]],
    [['bool[5]'], [[true, false, true, true, false]]],
    [['address[]'], [[a(), a()]]],
    [['int8[]'], [['-128', '127', '-1']]],
    [['bytes4[]'], [[random.hex(4), random.hex(4)]]],
    [['uint256[][][]'], [[[[]], [], [['1'], ['2', '3']]]]],
    [
      ['string[2][2]'],
      [
        [
          ['a', 'b'],
          ['c', 'd'],
        ],
      ],
    ],
    [['(uint256,bool)'], [['1', true]]],
    [['(uint256,string)'], [['1', 'x']]],
    [['(string)'], [['']]],
    [['(uint256)[]'], [[['1'], ['2']]]],
    [
      ['(string,uint8)[]'],
      [
        [
          ['a', '1'],
          ['', '2'],
        ],
      ],
    ],
    [
      ['(string,uint8)[2]'],
      [
        [
          ['a', '1'],
          ['b', '2'],
        ],
      ],
    ],
    [
      ['(address,uint256[])[]'],
      [
        [
          [a(), []],
          [a(), ['1', '2']],
        ],
      ],
    ],
    [['((uint256,(bool,bytes)),string)'], [[['1', [true, '0x0102']], 'z']]],
    [['((((uint8))))'], [[[[['7']]]]]],
    [['(uint256[2],(bytes,string)[1])'], [[['1', '2'], [['0xff', 'y']]]]],
    [
      ['uint256', 'string', 'uint256[]', 'bytes'],
      [n(), 'mixed', [n(), n()], '0xdeadbeef'],
    ],
    [
      ['string', 'string', 'string'],
      ['', '', ''],
    ],
    [
      ['bytes', 'bool', 'bytes'],
      ['0x', true, random.hex(40)],
    ],
    [[], []],
    [
      ['address', 'uint256'],
      [a(), n()],
    ],
    [
      ['address', 'address', 'uint256', 'bytes'],
      [a(), a(), n(), random.hex(68)],
    ],
    [
      ['address', 'address', 'uint256[]', 'uint256[]', 'bytes'],
      [a(), a(), [n(), n()], ['1', '2'], '0x'],
    ],
    [
      ['(address,uint160,uint48,uint48)', 'address', 'uint256'],
      [[a(), '1', '2', '3'], a(), n()],
    ],
    [
      ['(address,bool,bytes)[]'],
      [
        [
          [a(), true, '0x'],
          [a(), false, random.hex(100)],
        ],
      ],
    ],
    [['bytes[]'], [[random.hex(100), '0x', random.hex(4)]]],
    [
      ['(uint8,int256[],(bytes3,(string[],bool)[2])[])[]'],
      [
        [
          [
            '1',
            ['-1'],
            [
              [
                '0x010203',
                [
                  [['a'], true],
                  [[], false],
                ],
              ],
            ],
          ],
        ],
      ],
    ],
    [['uint256[1][1][1][1]'], [[[[['5']]]]]],
    [['uint256[100]'], [Array.from({ length: 100 }, (_, i) => `${i}`)]],
  ];
  for (const [types, values] of list)
    yield [`shape ${types.join(' ')} of ${JSON.stringify(values).length} characters`, types, values];
}

export function randomType(random, depth) {
  if (depth > 0 && random.chance(30))
    return `${randomType(random, depth - 1)}${random.pick(['[]', '[]', '[1]', '[2]', '[3]'])}`;
  if (depth > 0 && random.chance(30))
    return `(${Array.from({ length: 1 + random.below(4) }, () => randomType(random, depth - 1)).join(',')})`;
  const size = 1 + random.below(32);
  return random.pick([
    'address',
    'bool',
    'string',
    'bytes',
    'uint256',
    `bytes${size}`,
    `uint${8 * size}`,
    `int${8 * size}`,
  ]);
}

export function randomValue(random, type) {
  if (type.element)
    return Array.from({ length: type.length ?? random.below(4) }, () => randomValue(random, type.element));
  if (type.members) return type.members.map((member) => randomValue(random, member));
  if (type.base === 'address') return random.address();
  if (type.base === 'bool') return random.chance(50);
  if (type.base === 'string') return random.pick(['', 'chela', 'é中\u{1f511}', 'x'.repeat(random.below(70))]);
  if (type.base === 'bytes') return random.hex(random.below(70));
  if (type.base.startsWith('bytes')) return random.hex(Number(type.base.slice(5)));
  const bits = Number(type.base.replace(/^u?int/, ''));
  if (type.base.startsWith('uint')) return `${random.bits(bits)}`;
  return `${random.chance(50) ? random.bits(bits - 1) : -random.bits(bits - 1)}`;
}

export function systematicAbi() {
  const random = new Random('chela abi 1');
  return [...elementary(random), ...shapes(random)];
}
