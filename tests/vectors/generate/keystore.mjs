// tests/vectors/keystore: Web3 Secret Storage V3 by ethers (scrypt) and by Node's own crypto (pbkdf2), and files to refuse.
import { createCipheriv, createDecipheriv, pbkdf2Sync, scryptSync } from 'node:crypto';

import { agree } from './agree.mjs';
import { addressOf, keccak } from './evm_tx_encode.mjs';
import { PRINTED } from './keystore_printed.mjs';
import { refusedKeystores } from './keystore_refused.mjs';
import { ethers } from './libraries.mjs';
import { Random } from './random.mjs';
import { scrypt as plainScrypt } from './scrypt.mjs';

const PASSWORDS = {
  ascii: 'testpassword',
  empty: '',
  'one blank': ' ',
  'blanks around': '  padded  ',
  long: 'x'.repeat(200),
  'a nul inside': 'a\u0000b',
  'two bytes': 'pässwörd',
  'three bytes': '鎖と鍵',
  'four bytes': '🔑🦞',
  'a new line at the end': 'line\n',
  punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
};
const WEAK_SCRYPT = [
  { N: 2, r: 8, p: 1 },
  { N: 256, r: 8, p: 6 },
  { N: 512, r: 8, p: 1 },
];
const SCRYPT = [
  { N: 1024, r: 8, p: 1 },
  { N: 1024, r: 1, p: 8 },
  { N: 4096, r: 8, p: 1 },
  { N: 2048, r: 16, p: 2 },
  { N: 8192, r: 1, p: 1 },
];
const WEAK_ROUNDS = [1, 2, 999];
const ROUNDS = [1000, 10240];

const bytes = (hex) => Buffer.from(hex.replace(/^0x/, ''), 'hex');
const bare = (buffer) => buffer.toString('hex');

// RFC 7914, section 2: N must be below 2^(128·r/8). The printed example is not.
const isBeyondRfc = ({ n, r }) => Math.log2(n) >= 16 * r;

// The key that a file's KDF gives for a password, by OpenSSL through Node.
function derive({ kdf, kdfparams }, password) {
  const secret = Buffer.from(password, 'utf8');
  const salt = bytes(kdfparams.salt);
  if (kdf === 'pbkdf2') return pbkdf2Sync(secret, salt, kdfparams.c, kdfparams.dklen, 'sha256');
  const { n, r, p } = kdfparams;
  const own = n <= 8192 || isBeyondRfc(kdfparams) ? { plain: bare(plainScrypt(secret, salt, kdfparams)) } : {};
  if (isBeyondRfc(kdfparams)) return bytes(own.plain);
  const openssl = bare(scryptSync(secret, salt, kdfparams.dklen, { N: n, r, p, maxmem: 1024 * n * r + 2 ** 22 }));
  return bytes(agree('scrypt', { openssl, ...own }));
}

const macOf = (key, ciphertext) => keccak(`0x${bare(key.subarray(16, 32))}${ciphertext}`).slice(2);

function open(keystore, password) {
  const crypto = keystore.crypto ?? keystore.Crypto;
  const key = derive(crypto, password);
  if (macOf(key, crypto.ciphertext) !== crypto.mac) throw new Error('the MAC does not fit');
  const cipher = createDecipheriv('aes-128-ctr', key.subarray(0, 16), bytes(crypto.cipherparams.iv));
  return `0x${bare(Buffer.concat([cipher.update(bytes(crypto.ciphertext)), cipher.final()]))}`;
}

function sealed({ key, password, rounds, random }) {
  const kdfparams = { c: rounds, dklen: 32, prf: 'hmac-sha256', salt: bare(random.bytes(32)) };
  const derived = derive({ kdf: 'pbkdf2', kdfparams }, password);
  const iv = random.bytes(16);
  const cipher = createCipheriv('aes-128-ctr', derived.subarray(0, 16), iv);
  const ciphertext = bare(Buffer.concat([cipher.update(bytes(key)), cipher.final()]));
  return {
    crypto: {
      cipher: 'aes-128-ctr',
      cipherparams: { iv: bare(iv) },
      ciphertext,
      kdf: 'pbkdf2',
      kdfparams,
      mac: macOf(derived, ciphertext),
    },
    id: ethers.uuidV4(random.bytes(16)),
    version: 3,
  };
}

async function byEthers({ key, password, scrypt, random }) {
  const options = { scrypt, salt: random.bytes(32), iv: random.bytes(16), uuid: random.bytes(16) };
  const keystore = JSON.parse(
    await ethers.encryptKeystoreJson({ address: ethers.computeAddress(key), privateKey: key }, password, options),
  );
  // ethers names the file after the clock; nothing reads that.
  delete keystore['x-ethers'];
  return keystore;
}

// What no library opens any more: our scrypt does, its MAC fits, and the definition prints the key it gives.
const PRINTED_KEY = '0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d';
function beyondRfc(name, keystore, password) {
  const private_key = agree(name, { printed: PRINTED_KEY, plain: open(keystore, password) });
  return { name, password, private_key, address: addressOf(private_key), keystore };
}

// ethers opens what Node wrote, and Node what ethers wrote.
async function completed(name, keystore, password) {
  const opened = await ethers.decryptKeystoreJson(JSON.stringify(keystore), password);
  const private_key = agree(name, { node: open(keystore, password), ethers: opened.privateKey });
  const address = addressOf(private_key);
  if (keystore.address && `0x${keystore.address.toLowerCase()}` !== address)
    throw new Error(`${name}: another address`);
  return { name, password, private_key, address, keystore };
}

async function cases() {
  const random = new Random('chela keystore 1');
  const out = [];
  out.push(await completed('printed: PBKDF2-SHA-256', PRINTED['printed: PBKDF2-SHA-256'], 'testpassword'));
  for (const [name, password] of Object.entries(PASSWORDS)) {
    out.push(
      await completed(
        `scrypt by ethers, password ${name}`,
        await byEthers({ key: random.privateKey(), password, scrypt: SCRYPT[0], random }),
        password,
      ),
    );
    out.push(
      await completed(
        `pbkdf2 by Node, password ${name}`,
        sealed({ key: random.privateKey(), password, rounds: 1000, random }),
        password,
      ),
    );
  }
  for (const scrypt of SCRYPT)
    out.push(
      await completed(
        `scrypt ${JSON.stringify(scrypt)}`,
        await byEthers({ key: random.privateKey(), password: 'p', scrypt, random }),
        'p',
      ),
    );
  for (const rounds of ROUNDS)
    out.push(
      await completed(
        `pbkdf2 of ${rounds} rounds`,
        sealed({ key: random.privateKey(), password: 'p', rounds, random }),
        'p',
      ),
    );
  const short = `0x${'00'.repeat(31)}01`;
  out.push(await completed('the private key 1', sealed({ key: short, password: 'p', rounds: 1000, random }), 'p'));
  return out;
}

// Right files whose password a stranger guesses in no time.
async function weakCases() {
  const random = new Random('chela keystore weak 1');
  const out = [];
  for (const scrypt of WEAK_SCRYPT)
    out.push(
      await completed(
        `scrypt ${JSON.stringify(scrypt)}`,
        await byEthers({ key: random.privateKey(), password: 'p', scrypt, random }),
        'p',
      ),
    );
  for (const rounds of WEAK_ROUNDS)
    out.push(
      await completed(
        `pbkdf2 of ${rounds} rounds`,
        sealed({ key: random.privateKey(), password: 'p', rounds, random }),
        'p',
      ),
    );
  return out;
}

export async function keystores() {
  const good = await cases();
  const lines = (list) => list.map((each) => `${JSON.stringify(each)}\n`).join('');
  const from = (prefix) => good.find(({ name }) => name.startsWith(prefix));
  return {
    'keystore/cases.jsonl': lines(good),
    'keystore/weak.jsonl': lines(await weakCases()),
    'keystore/beyond_rfc7914.jsonl': lines([beyondRfc('printed: Scrypt', PRINTED['printed: Scrypt'], 'testpassword')]),
    'keystore/refused.jsonl': lines(
      refusedKeystores(from('scrypt by ethers, password ascii'), from('pbkdf2 by Node, password ascii'), sealed),
    ),
  };
}
