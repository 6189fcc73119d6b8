// The edges of each field, and an ordinary transaction of each type to put them in.
import { Random, ORDER } from './random.mjs';

export const U64 = 2n ** 64n - 1n;
export const U256 = 2n ** 256n - 1n;
export const GWEI = 10n ** 9n;
export const CHAIN_IDS = [
  1n,
  2n,
  10n,
  46n,
  47n,
  110n,
  111n,
  127n,
  128n,
  137n,
  255n,
  256n,
  8453n,
  42161n,
  65535n,
  65536n,
  11155111n,
  2n ** 31n - 1n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 52n,
  2n ** 53n - 1n,
  2n ** 53n + 1n,
  2n ** 63n - 18n,
  2n ** 63n,
  U64,
];
export const NONCES = [
  0n,
  1n,
  127n,
  128n,
  255n,
  256n,
  65535n,
  65536n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n,
  U64 - 1n,
];
export const GASES = [0n, 1n, 127n, 128n, 21000n, 2n ** 24n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n - 1n, 2n ** 63n, U64];
export const AMOUNTS = [
  0n,
  1n,
  127n,
  128n,
  255n,
  256n,
  10n ** 18n,
  2n ** 53n,
  U64,
  U64 + 1n,
  2n ** 128n - 1n,
  2n ** 128n,
  2n ** 248n - 1n,
  2n ** 248n,
  2n ** 255n,
  U256 - 1n,
  U256,
];
export const DATA_LENGTHS = [0, 2, 4, 31, 32, 33, 54, 55, 56, 57, 68, 255, 256, 257, 1024];
export const KEYS = [1n, 2n, ORDER / 2n, ORDER / 2n + 1n, ORDER - 1n];
export const word = (number) => `0x${number.toString(16).padStart(64, '0')}`;

export function accessList(random, entries, keys) {
  return Array.from({ length: entries }, () => ({
    address: random.address(),
    storage_keys: Array.from({ length: keys }, () => random.hex(32)),
  }));
}

export function versionedHashes(random, count) {
  return Array.from({ length: count }, () => `0x01${random.hex(31).slice(2)}`);
}

export const hasFeeCap = (type) => type === 'eip1559' || type === 'eip4844' || type === 'eip7702';
export const mustHaveTarget = (type) => type === 'eip4844' || type === 'eip7702';

// An ordinary transaction of a type; 7702 tuples are asked for as { key, … } and signed later.
export function ordinary(random, type, name, changed) {
  const tip = BigInt(random.below(3 * 10 ** 9));
  const fees = hasFeeCap(type)
    ? { max_priority_fee_per_gas: tip, max_fee_per_gas: tip + BigInt(random.below(90 * 10 ** 9)) }
    : { gas_price: BigInt(random.below(90 * 10 ** 9)) };
  const out = {
    name,
    type,
    private_key: random.privateKey(),
    chain_id: 1n,
    nonce: BigInt(random.below(1000)),
    ...fees,
    gas_limit: 21000n,
    to: random.address(),
    value: BigInt(random.hex(7)),
    data: '0x',
  };
  if (type !== 'legacy') out.access_list = [];
  if (type === 'eip4844') {
    out.max_fee_per_blob_gas = BigInt(random.below(10 ** 9)) + 1n;
    out.blob_versioned_hashes = versionedHashes(random, 1);
  }
  if (type === 'eip7702') out.authorization_list = [tuple(random)];
  return { ...out, ...changed };
}

export function tuple(random, changed = {}) {
  return {
    key: random.privateKey(),
    chain_id: 1n,
    address: random.address(),
    nonce: BigInt(random.below(1000)),
    ...changed,
  };
}
