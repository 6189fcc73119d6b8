// One struct with values of each type at their limits, and arrays of them.
import { PLAIN_DOMAIN, SAFE, flat } from './typed_data_flat.mjs';

function* numbers(random) {
  for (let bits = 8; bits <= 256; bits += 8) {
    const top = 2n ** BigInt(bits) - 1n;
    const half = 2n ** BigInt(bits - 1);
    const json = [0, 1, Number(top < SAFE ? top : SAFE)].map((value) => [`uint${bits}`, value]);
    yield flat(`uint${bits} limits`, [
      ...json,
      ...['0', '1', `${top}`, `${top - 1n}`, `0x${top.toString(16)}`, '0x0', `${random.bits(bits)}`].map((value) => [
        `uint${bits}`,
        value,
      ]),
    ]);
    const low = half < SAFE ? half : SAFE;
    const signed = [0, -1, 1, Number(low - 1n), -Number(low)].map((value) => [`int${bits}`, value]);
    yield flat(`int${bits} limits`, [
      ...signed,
      ...[
        '0',
        '-1',
        `${half - 1n}`,
        `${-half}`,
        `${-half + 1n}`,
        `${random.bits(bits - 1)}`,
        `-${random.bits(bits - 1) + 1n}`,
      ].map((value) => [`int${bits}`, value]),
    ]);
  }
}

function* paddedHex() {
  yield flat('hex numbers with leading zeros', [
    ['uint256', '0x01'],
    ['uint8', '0x00ff'],
    ['uint256', `0x${'0'.repeat(63)}7`],
    ['uint64', '0x00000000'],
  ]);
}

function* bytesOfAllSizes(random) {
  for (let size = 1; size <= 32; ++size) {
    yield flat(
      `bytes${size}`,
      [
        `0x${'00'.repeat(size)}`,
        `0x${'ff'.repeat(size)}`,
        random.hex(size),
        random.hex(size).toUpperCase().replace('0X', '0x'),
      ].map((value) => [`bytes${size}`, value]),
    );
  }
  for (const length of [0, 1, 31, 32, 33, 64, 135, 136, 137, 300])
    yield flat(`bytes of ${length}`, [['bytes', random.hex(length)]]);
}

const TEXTS = {
  empty: '',
  ascii: 'Hello, Bob!',
  'a control character': 'a\u0001b',
  'a nul': 'a\u0000b',
  'json escapes': '"\\/\b\f\n\r\t',
  'two bytes': 'é ß Ω ж א',
  'three bytes': '中文 € ก \u0800 \uffff',
  'combining marks': 'e\u0301 \u200d \u202e',
  'first and last of each length': '\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}\u{10ffff}',
  'an emoji of several': '👩‍👩‍👧‍👦',
  'a byte order mark': '\ufeffx',
  noncharacters: '\ufdd0\u{1fffe}',
  'hex that stays text': '0x1234',
  'a number that stays text': '42',
  'rate of keccak': 'x'.repeat(136),
  long: 'chela '.repeat(120),
};

function* texts() {
  for (const [name, text] of Object.entries(TEXTS)) yield flat(`string: ${name}`, [['string', text]]);
  for (let plane = 0; plane <= 16; ++plane) {
    const points = [0x21, 0x1234, 0xa000, 0xfffd].map((offset) => String.fromCodePoint(plane * 0x10000 + offset));
    yield flat(`string of plane ${plane}`, [
      ['string', points.join('')],
      ['string[]', points],
    ]);
  }
}

function* addressesAndBools(random) {
  const mixed = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
  yield flat(
    'addresses',
    [mixed, mixed.toLowerCase(), `0x${'00'.repeat(20)}`, `0x${'ff'.repeat(20)}`, random.address()].map((value) => [
      'address',
      value,
    ]),
  );
  yield flat('bools', [
    ['bool', true],
    ['bool', false],
    ['bool[]', [true, false, true]],
    ['bool[2]', [false, true]],
  ]);
}

function* arrays(random) {
  const word = () => random.hex(32);
  const list = (count, make) => Array.from({ length: count }, make);
  const number = () => `${random.bits(256)}`;
  const shapes = [
    ['uint256[]', []],
    ['uint256[]', ['1']],
    ['uint256[]', list(33, number)],
    ['uint256[1]', ['7']],
    ['uint256[3]', list(3, number)],
    ['uint8[4]', [0, 1, 254, 255]],
    ['int8[]', [-128, 127, '-1']],
    ['uint256[][]', []],
    ['uint256[][]', [[]]],
    ['uint256[][]', [[], ['1'], ['2', '3']]],
    ['uint256[2][]', []],
    [
      'uint256[2][]',
      [
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    ['uint256[][2]', [[], ['9']]],
    [
      'uint256[2][3]',
      [
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    ['uint256[][][]', [[[]], [], [['1'], ['2', '3']]]],
    [
      'uint16[2][2][2]',
      [
        [
          [1, 2],
          [3, 4],
        ],
        [
          [5, 6],
          [7, 8],
        ],
      ],
    ],
    ['bytes32[]', list(3, word)],
    ['bytes[]', []],
    ['bytes[]', ['0x', '0x00', random.hex(33)]],
    ['bytes[2][]', [['0x', '0x01']]],
    ['string[]', ['', 'a', 'é']],
    ['string[][]', [['x'], [], ['y', 'z']]],
    ['string[2]', ['left', 'right']],
    ['address[]', list(4, () => random.address())],
    ['address[2][1]', [[random.address(), random.address()]]],
    ['bytes1[3]', ['0x00', '0x7f', '0xff']],
    ['bool[][]', [[true], [], [false, true]]],
    ['uint256[100]', list(100, (_, i) => `${i}`)],
  ];
  for (const [type, value] of shapes)
    yield flat(`array ${type} of ${JSON.stringify(value).length} characters`, [[type, value]]);
  for (const [type, value] of [
    ['Point[]', []],
    ['Point[]', [[1, 2]]],
    [
      'Point[2]',
      [
        [1, 2],
        [3, 4],
      ],
    ],
    ['Point[][]', [[], [[5, 6]]]],
    ['Point[1][2]', [[[1, 2]], [[3, 4]]]],
  ]) {
    const points = (each) => (typeof each[0] === 'number' ? { x: each[0], y: each[1] } : each.map(points));
    yield [
      `array ${type} of structs, ${JSON.stringify(value)}`,
      {
        types: {
          Case: [
            { name: 'points', type },
            { name: 'tag', type: 'uint8' },
          ],
          Point: [
            { name: 'x', type: 'int32' },
            { name: 'y', type: 'int32' },
          ],
        },
        primaryType: 'Case',
        domain: PLAIN_DOMAIN,
        message: { points: points(value), tag: 1 },
      },
    ];
  }
}

export function* valueCases(random) {
  yield* numbers(random);
  yield* paddedHex();
  yield* bytesOfAllSizes(random);
  yield* texts();
  yield* addressesAndBools(random);
  yield* arrays(random);
}
