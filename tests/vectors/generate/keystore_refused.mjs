// Keystore files that must be refused, each with the reason; one thing is wrong with each.
import { ORDER, Random } from './random.mjs';

const flip = (hex) => (hex[0] === '0' ? '1' : '0') + hex.slice(1);
const clone = (value) => JSON.parse(JSON.stringify(value));

const CHANGES = {
  mac: [
    [
      'a changed MAC',
      (c) => {
        c.mac = flip(c.mac);
      },
    ],
    [
      'a changed ciphertext',
      (c) => {
        c.ciphertext = flip(c.ciphertext);
      },
    ],
    [
      'a changed salt',
      (c) => {
        c.kdfparams.salt = flip(c.kdfparams.salt);
      },
    ],
  ],
  malformed: [
    ['no MAC', (c) => delete c.mac],
    [
      'a short MAC',
      (c) => {
        c.mac = c.mac.slice(2);
      },
    ],
    [
      'a long MAC',
      (c) => {
        c.mac += '00';
      },
    ],
    [
      'an empty MAC',
      (c) => {
        c.mac = '';
      },
    ],
    ['no ciphertext', (c) => delete c.ciphertext],
    [
      'a ciphertext of 31 bytes',
      (c) => {
        c.ciphertext = c.ciphertext.slice(2);
      },
    ],
    [
      'a ciphertext of 33 bytes',
      (c) => {
        c.ciphertext += '00';
      },
    ],
    [
      'a ciphertext that is not hex',
      (c) => {
        c.ciphertext = `zz${c.ciphertext.slice(2)}`;
      },
    ],
    ['no IV', (c) => delete c.cipherparams.iv],
    [
      'an IV of 15 bytes',
      (c) => {
        c.cipherparams.iv = c.cipherparams.iv.slice(2);
      },
    ],
    ['no cipher parameters', (c) => delete c.cipherparams],
    ['no KDF parameters', (c) => delete c.kdfparams],
    ['no salt', (c) => delete c.kdfparams.salt],
    ['no derived length', (c) => delete c.kdfparams.dklen],
    [
      'a MAC that is a number',
      (c) => {
        c.mac = 7;
      },
    ],
  ],
  unsupported: [
    [
      'another cipher',
      (c) => {
        c.cipher = 'aes-128-cbc';
      },
    ],
    [
      'another KDF',
      (c) => {
        c.kdf = 'argon2id';
      },
    ],
    ['no KDF', (c) => delete c.kdf],
    ['no cipher', (c) => delete c.cipher],
  ],
  parameters: [
    [
      'a derived length of 31',
      (c) => {
        c.kdfparams.dklen = 31;
      },
    ],
    [
      'a derived length of 0',
      (c) => {
        c.kdfparams.dklen = 0;
      },
    ],
    [
      'a derived length of 2^31',
      (c) => {
        c.kdfparams.dklen = 2 ** 31;
      },
    ],
    [
      'a derived length that is text',
      (c) => {
        c.kdfparams.dklen = '32';
      },
    ],
  ],
};
const SCRYPT = [
  ['n of 0', { n: 0 }],
  ['n of 1', { n: 1 }],
  ['n that is no power of two', { n: 1000 }],
  ['n of 2^40', { n: 2 ** 40 }],
  ['r of 0', { r: 0 }],
  ['r of 2^30', { r: 2 ** 30 }],
  ['p of 0', { p: 0 }],
  ['p of 2^30', { p: 2 ** 30 }],
  ['a negative n', { n: -1024 }],
  ['a fractional n', { n: 1024.5 }],
];
const PBKDF2 = [
  ['no rounds', { c: 0 }],
  ['rounds below zero', { c: -1 }],
  ['2^40 rounds', { c: 2 ** 40 }],
  ['another PRF', { prf: 'hmac-sha512' }],
  ['no PRF', { prf: undefined }],
];
const WHOLE = [
  ['no version', (k) => delete k.version, 'unsupported'],
  [
    'version 1',
    (k) => {
      k.version = 1;
    },
    'unsupported',
  ],
  [
    'version 4',
    (k) => {
      k.version = 4;
    },
    'unsupported',
  ],
  [
    'a version that is text',
    (k) => {
      k.version = '3';
    },
    'unsupported',
  ],
  [
    'no crypto',
    (k) => {
      delete k.crypto;
    },
    'malformed',
  ],
  [
    'crypto that is text',
    (k) => {
      k.crypto = 'x';
    },
    'malformed',
  ],
  [
    'another address',
    (k) => {
      k.address = '11'.repeat(20);
    },
    'address',
  ],
  [
    'an address of 19 bytes',
    (k) => {
      k.address = '11'.repeat(19);
    },
    'address',
  ],
];

export function refusedKeystores(scrypt, pbkdf2, sealed) {
  const out = [];
  const add = (name, reason, from, change) => {
    const { password, keystore } = clone(from);
    change(keystore.crypto ?? keystore.Crypto, keystore);
    out.push({ name, reason, password, keystore });
  };
  for (const [label, from] of [
    ['scrypt', scrypt],
    ['pbkdf2', pbkdf2],
  ]) {
    for (const [reason, list] of Object.entries(CHANGES))
      list.forEach(([name, change]) => add(`${label}: ${name}`, reason, from, change));
    out.push({
      name: `${label}: another password`,
      reason: 'mac',
      password: `${from.password}x`,
      keystore: from.keystore,
    });
  }
  SCRYPT.forEach(([name, change]) =>
    add(`scrypt: ${name}`, 'parameters', scrypt, (c) => Object.assign(c.kdfparams, change)),
  );
  PBKDF2.forEach(([name, change]) =>
    add(`pbkdf2: ${name}`, 'parameters', pbkdf2, (c) => Object.assign(c.kdfparams, change)),
  );
  WHOLE.forEach(([name, change, reason]) => add(name, reason, pbkdf2, (_, keystore) => change(keystore)));
  const random = new Random('chela keystore refused 1');
  for (const [name, number] of [
    ['zero', 0n],
    ['the order', ORDER],
    ['2^256-1', 2n ** 256n - 1n],
  ]) {
    const key = `0x${number.toString(16).padStart(64, '0')}`;
    out.push({
      name: `a private key of ${name}`,
      reason: 'key',
      password: 'p',
      keystore: sealed({ key, password: 'p', rounds: 1000, random }),
    });
  }
  return out;
}
