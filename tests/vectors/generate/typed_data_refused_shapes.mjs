// Typed data whose members, types or domain are not what they must be: reason → [name, change of the base].
import { changed, one, replaced } from './typed_data_broken.mjs';

export const SHAPES = {
  missing_member: [
    ['no member of the message', changed((d) => delete d.message.amount)],
    ['no member of a nested struct', changed((d) => delete d.message.to.name)],
    ['no message', changed((d) => delete d.message)],
    ['no types', changed((d) => delete d.types)],
    ['no primary type', changed((d) => delete d.primaryType)],
    ['no domain', changed((d) => delete d.domain)],
    [
      'a domain type member that the domain lacks',
      changed((d) => {
        d.types.EIP712Domain = [
          { name: 'name', type: 'string' },
          { name: 'version', type: 'string' },
          { name: 'chainId', type: 'uint256' },
        ];
      }),
    ],
    ['a member without a name', changed((d) => delete d.types.Person[0].name)],
    ['a member without a type', changed((d) => delete d.types.Person[0].type)],
  ],
  extra_member: [
    [
      'a domain type with a member of its own',
      changed((d) => {
        d.types.EIP712Domain = [
          { name: 'name', type: 'string' },
          { name: 'chainId', type: 'uint256' },
          { name: 'owner', type: 'address' },
        ];
        d.domain.owner = `0x${'11'.repeat(20)}`;
      }),
    ],
    [
      'a member no type has',
      changed((d) => {
        d.message.memo = 'x';
      }),
    ],
    [
      'a nested member no type has',
      changed((d) => {
        d.message.to.email = 'x';
      }),
    ],
    [
      'a domain member that is not one of the five',
      changed((d) => {
        d.domain.owner = 'x';
      }),
    ],
    [
      'a domain member that the domain type leaves out',
      changed((d) => {
        d.types.EIP712Domain = [{ name: 'name', type: 'string' }];
      }),
    ],
    [
      'a fifth top-level member',
      changed((d) => {
        d.comment = 'x';
      }),
    ],
    [
      'a member description with more than name and type',
      changed((d) => {
        d.types.Person[0].internalType = 'address';
      }),
    ],
  ],
  type_mismatch: [
    [
      'a domain version that is a number',
      changed((d) => {
        d.domain.version = 1;
      }),
    ],
    [
      'a null for a member',
      changed((d) => {
        d.message.to.name = null;
      }),
    ],
    [
      'a number for a string',
      changed((d) => {
        d.message.to.name = 7;
      }),
    ],
    [
      'a string for a struct',
      changed((d) => {
        d.message.to = 'Bob';
      }),
    ],
    [
      'an array for a struct',
      changed((d) => {
        d.message.to = [];
      }),
    ],
    [
      'an object for an array',
      changed((d) => {
        d.message.tags = { 0: '0x0102', 1: '0xffff' };
      }),
    ],
    ['text for a bool', one('bool', 'true')],
    ['a number for a bool', one('bool', 1)],
    ['a bool for a uint', one('uint8', true)],
    ['a number for an address', one('address', 1)],
    ['an array for a string', one('string', ['x'])],
    ['an object for bytes', one('bytes', {})],
    ['an array of octets for bytes', one('bytes', [1, 2])],
    [
      'a message that is an array',
      changed((d) => {
        d.message = [d.message];
      }),
    ],
    [
      'a domain that is text',
      changed((d) => {
        d.domain = 'chela';
      }),
    ],
    [
      'types that are an array',
      changed((d) => {
        d.types = [d.types];
      }),
    ],
    ['text instead of an object', () => 'typed data'],
  ],
  unused_type: [
    [
      'a type that nothing names',
      changed((d) => {
        d.types.Spare = [{ name: 'x', type: 'bool' }];
      }),
    ],
    [
      'two types that name only each other',
      changed((d) => {
        d.types.A = [{ name: 'b', type: 'B[]' }];
        d.types.B = [{ name: 'a', type: 'A[]' }];
      }),
    ],
  ],
  cycle: [
    [
      'a struct that holds itself',
      () => ({
        types: { A: [{ name: 'a', type: 'A' }] },
        primaryType: 'A',
        domain: { name: 'x' },
        message: { a: { a: {} } },
      }),
    ],
    [
      'two structs that hold each other',
      () => ({
        types: { A: [{ name: 'b', type: 'B' }], B: [{ name: 'a', type: 'A' }] },
        primaryType: 'A',
        domain: { name: 'x' },
        message: { b: { a: {} } },
      }),
    ],
    [
      'a struct that holds two of itself',
      () => ({
        types: { A: [{ name: 'a', type: 'A[2]' }] },
        primaryType: 'A',
        domain: { name: 'x' },
        message: { a: [] },
      }),
    ],
  ],
  duplicate_member: [
    ['two members of one name in a type', changed((d) => d.types.Person.push({ name: 'name', type: 'string' }))],
    ['a JSON member twice', replaced('"amount":7', '"amount":7,"amount":8')],
    ['a type twice', replaced('"Person":[', '"Person":[{"name":"x","type":"bool"}],"Person":[')],
    ['the domain twice', replaced('"domain":{', '"domain":{"name":"evil"},"domain":{')],
  ],
  domain_type: [
    [
      'domain members in another order',
      changed((d) => {
        d.types.EIP712Domain = [
          { name: 'chainId', type: 'uint256' },
          { name: 'name', type: 'string' },
        ];
      }),
    ],
    [
      'a domain member of another type',
      changed((d) => {
        d.types.EIP712Domain = [
          { name: 'name', type: 'string' },
          { name: 'chainId', type: 'uint64' },
        ];
      }),
    ],
  ],
};
