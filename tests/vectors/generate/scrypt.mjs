// scrypt of our own, for parameters that OpenSSL and noble refuse: RFC 7914 asks for N < 2^(128·r/8), old files do not.
import { pbkdf2Sync } from 'node:crypto';

const rotate = (value, count) => (value << count) | (value >>> (32 - count));
// Which words each quarter round of a double round takes. Source: RFC 7914, section 3.
const QUARTERS = [
  [0, 4, 8, 12],
  [5, 9, 13, 1],
  [10, 14, 2, 6],
  [15, 3, 7, 11],
  [0, 1, 2, 3],
  [5, 6, 7, 4],
  [10, 11, 8, 9],
  [15, 12, 13, 14],
];

function salsa20_8(block) {
  const x = block.slice();
  for (let round = 0; round < 4; ++round) {
    for (const [a, b, c, d] of QUARTERS) {
      x[b] ^= rotate((x[a] + x[d]) | 0, 7);
      x[c] ^= rotate((x[b] + x[a]) | 0, 9);
      x[d] ^= rotate((x[c] + x[b]) | 0, 13);
      x[a] ^= rotate((x[d] + x[c]) | 0, 18);
    }
  }
  for (let i = 0; i < 16; ++i) block[i] = (block[i] + x[i]) | 0;
}

// Source: RFC 7914, section 4. `words` holds 2r blocks of 16 words.
function blockMix(words, r) {
  const out = new Int32Array(words.length);
  const x = words.slice((2 * r - 1) * 16);
  for (let i = 0; i < 2 * r; ++i) {
    for (let k = 0; k < 16; ++k) x[k] ^= words[i * 16 + k];
    salsa20_8(x);
    out.set(x, ((i >> 1) + (i % 2) * r) * 16);
  }
  return out;
}

// Source: RFC 7914, section 5.
function roMix(bytes, n, r) {
  const size = 32 * r;
  let x = Int32Array.from({ length: size }, (_, i) => bytes.readInt32LE(4 * i));
  const table = new Int32Array(n * size);
  for (let i = 0; i < n; ++i) {
    table.set(x, i * size);
    x = blockMix(x, r);
  }
  for (let i = 0; i < n; ++i) {
    const from = (x[size - 16] & (n - 1)) * size;
    for (let k = 0; k < size; ++k) x[k] ^= table[from + k];
    x = blockMix(x, r);
  }
  x.forEach((word, i) => bytes.writeInt32LE(word, 4 * i));
}

export function scrypt(password, salt, { n, r, p, dklen }) {
  const blocks = pbkdf2Sync(password, salt, 1, p * 128 * r, 'sha256');
  for (let i = 0; i < p; ++i) roMix(blocks.subarray(i * 128 * r, (i + 1) * 128 * r), n, r);
  return pbkdf2Sync(password, blocks, 1, dklen, 'sha256');
}
