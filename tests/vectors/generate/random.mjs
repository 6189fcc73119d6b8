// Values from a seed: SHA-256 in counter mode, so that two runs on any machine give the same files.
import { createHash } from 'node:crypto';

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

export class Random {
  #seed;
  #counter = 0;
  #rest = Buffer.alloc(0);

  constructor(seed) {
    this.#seed = seed;
  }

  bytes(count) {
    while (this.#rest.length < count) {
      const block = createHash('sha256').update(`${this.#seed}/${this.#counter++}`).digest();
      this.#rest = Buffer.concat([this.#rest, block]);
    }
    const out = this.#rest.subarray(0, count);
    this.#rest = this.#rest.subarray(count);
    return out;
  }

  hex(count) {
    return `0x${this.bytes(count).toString('hex')}`;
  }

  // 0 … limit-1
  below(limit) {
    return Number(BigInt(this.hex(8)) % BigInt(limit));
  }

  // 0 … 2^bits-1, every length of it equally likely: short numbers are where encodings differ.
  bits(bits) {
    const length = this.below(bits + 1);
    return length === 0 ? 0n : BigInt(this.hex(32)) >> BigInt(256 - length);
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  chance(percent) {
    return this.below(100) < percent;
  }

  shuffled(list) {
    const out = [...list];
    for (let i = out.length - 1; i > 0; --i) {
      const other = this.below(i + 1);
      [out[i], out[other]] = [out[other], out[i]];
    }
    return out;
  }

  address() {
    return this.hex(20);
  }

  privateKey() {
    return `0x${((BigInt(this.hex(32)) % (ORDER - 1n)) + 1n).toString(16).padStart(64, '0')}`;
  }
}

export { ORDER };
