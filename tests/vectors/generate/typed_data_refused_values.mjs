// Typed data with values, type names or text that must be refused: reason → [name, change of the base or the text itself].
import { BASE, changed, one, raw } from './typed_data_broken.mjs';

export const VALUES = {
  length: [
    ['too few of a fixed array', changed((d) => d.message.tags.pop())],
    ['too many of a fixed array', changed((d) => d.message.tags.push('0x0000'))],
    [
      'a fixed array of two, empty',
      changed((d) => {
        d.message.tags = [];
      }),
    ],
    ['a short inner array', one('uint8[2][]', [[1, 2], [3]])],
  ],
  hex: [
    [
      'a salt of 31 bytes',
      changed((d) => {
        d.domain.salt = `0x${'11'.repeat(31)}`;
      }),
    ],
    [
      'bytes2 of one byte',
      changed((d) => {
        d.message.tags[0] = '0x01';
      }),
    ],
    [
      'bytes2 of three bytes',
      changed((d) => {
        d.message.tags[0] = '0x010203';
      }),
    ],
    ['bytes32 of 31 bytes', one('bytes32', `0x${'11'.repeat(31)}`)],
    ['bytes with half a byte', one('bytes', '0x123')],
    ['bytes without 0x', one('bytes', '1234')],
    ['bytes that are not hex', one('bytes', '0xzz')],
    ['bytes with 0X', one('bytes', '0X12')],
    ['bytes with a blank', one('bytes', '0x12 ')],
    ['empty text for bytes', one('bytes', '')],
  ],
  address: [
    ['a wrong checksum', one('address', '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed')],
    ['nineteen bytes', one('address', `0x${'11'.repeat(19)}`)],
    ['twenty-one bytes', one('address', `0x${'11'.repeat(21)}`)],
    ['a name', one('address', 'vitalik.eth')],
    ['no 0x', one('address', '11'.repeat(20))],
    [
      'a wrong checksum in the domain',
      changed((d) => {
        d.domain.verifyingContract = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed';
      }),
    ],
  ],
  range: [
    ['256 as uint8', one('uint8', 256)],
    ['-1 as uint8', one('uint8', -1)],
    ['256 as uint8 in text', one('uint8', '256')],
    ['-1 as uint256 in text', one('uint256', '-1')],
    ['128 as int8', one('int8', 128)],
    ['-129 as int8', one('int8', -129)],
    ['2^256 as uint256', one('uint256', `${2n ** 256n}`)],
    ['2^256 as hex', one('uint256', `0x1${'0'.repeat(64)}`)],
    ['2^255 as int256', one('int256', `${2n ** 255n}`)],
    ['-2^255-1 as int256', one('int256', `${-(2n ** 255n) - 1n}`)],
    ['2^24 as uint24', one('uint24', 16777216)],
    [
      'a negative chain id',
      changed((d) => {
        d.domain.chainId = -1;
      }),
    ],
  ],
  number: [
    ['a fraction', raw('uint8', '1.5')],
    ['a whole fraction', raw('uint8', '1.0')],
    ['an exponent', raw('uint256', '1e3')],
    ['2^53', raw('uint256', '9007199254740992')],
    ['-2^53', raw('int256', '-9007199254740992')],
    ['2^64', raw('uint256', '18446744073709551616')],
    ['2^70 as a number', raw('uint256', '1180591620717411303424')],
    ['minus zero in text', one('int8', '-0')],
    ['text with a leading zero', one('uint8', '07')],
    ['text with a plus', one('uint8', '+7')],
    ['text with a blank', one('uint8', ' 7')],
    ['text with an underscore', one('uint256', '1_000')],
    ['empty text', one('uint256', '')],
    ['a bare 0x', one('uint256', '0x')],
    ['text with a fraction', one('uint256', '1.5')],
    ['text with an exponent', one('uint256', '1e3')],
    ['negative hex', one('int256', '-0x1')],
    ['hex for a signed number', one('int256', '0x1')],
    ['hex with 0X', one('uint256', '0X1')],
    ['text that is a word', one('uint256', 'seven')],
    ['fullwidth digits', one('uint256', '７')],
  ],
  unknown_type: [
    [
      'a member of a type nobody defines',
      changed((d) => {
        d.types.Person[0].type = 'Wallet';
      }),
    ],
    [
      'a primary type nobody defines',
      changed((d) => {
        d.primaryType = 'Letter';
      }),
    ],
    ...[
      'uint7',
      'uint0',
      'uint264',
      'uint08',
      'int512',
      'bytes0',
      'bytes33',
      'bytes01',
      'uint',
      'int',
      'byte',
      'fixed128x18',
      'function',
      'Uint8',
      'address payable',
      'uint8[-1]',
      'uint8[0x2]',
      'uint8[02]',
      'uint8[',
      'uint8]',
      '[]',
      '',
    ].map((type) => [`type ${JSON.stringify(type)}`, one(type, type.includes('[') ? [] : 0)]),
  ],
  name: [
    [
      'a type named as an atomic one',
      () => ({
        types: { uint256: [{ name: 'x', type: 'bool' }] },
        primaryType: 'uint256',
        domain: { name: 'x' },
        message: { x: true },
      }),
    ],
    [
      'a type name with a parenthesis',
      () => ({
        types: { 'A(bool b)': [{ name: 'x', type: 'bool' }] },
        primaryType: 'A(bool b)',
        domain: { name: 'x' },
        message: { x: true },
      }),
    ],
    [
      'a type name with a bracket',
      () => ({
        types: { 'A[]': [{ name: 'x', type: 'bool' }] },
        primaryType: 'A[]',
        domain: { name: 'x' },
        message: { x: true },
      }),
    ],
    [
      'a type name that begins with a digit',
      () => ({
        types: { '1A': [{ name: 'x', type: 'bool' }] },
        primaryType: '1A',
        domain: { name: 'x' },
        message: { x: true },
      }),
    ],
    [
      'a type name of no letters',
      () => ({
        types: { '': [{ name: 'x', type: 'bool' }] },
        primaryType: '',
        domain: { name: 'x' },
        message: { x: true },
      }),
    ],
    [
      'a member name with a comma',
      () => ({
        types: { A: [{ name: 'x,bool y', type: 'bool' }] },
        primaryType: 'A',
        domain: { name: 'x' },
        message: { 'x,bool y': true },
      }),
    ],
    [
      'a member name with a blank',
      () => ({
        types: { A: [{ name: 'x y', type: 'bool' }] },
        primaryType: 'A',
        domain: { name: 'x' },
        message: { 'x y': true },
      }),
    ],
    [
      'an empty member name',
      () => ({
        types: { A: [{ name: '', type: 'bool' }] },
        primaryType: 'A',
        domain: { name: 'x' },
        message: { '': true },
      }),
    ],
  ],
  json: [
    ['cut text', JSON.stringify(BASE()).slice(0, -1)],
    ['text after the end', `${JSON.stringify(BASE())} {}`],
    ['a lone surrogate', raw('string', '"\\ud800"')],
    ['a comment', `/* x */${JSON.stringify(BASE())}`],
    ['empty', ''],
    ['NaN', raw('uint8', 'NaN')],
  ],
};
