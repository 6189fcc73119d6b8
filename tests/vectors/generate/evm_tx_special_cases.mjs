// What only blob and set-code transactions have, at its edges.
import { Random, ORDER } from './random.mjs';
import {
  U64,
  U256,
  CHAIN_IDS,
  NONCES,
  AMOUNTS,
  KEYS,
  word,
  versionedHashes,
  ordinary,
  tuple,
} from './evm_tx_ordinary.mjs';

export function* blobEdges(random) {
  const make = (name, changed) => ordinary(random, 'eip4844', `eip4844: ${name}`, changed);
  for (const count of [1, 2, 3, 4, 5, 6, 9, 15, 16]) {
    yield make(`${count} blobs`, { blob_versioned_hashes: versionedHashes(random, count) });
  }
  for (const fee of AMOUNTS) yield make(`blob fee ${fee}`, { max_fee_per_blob_gas: fee });
  yield make('versioned hash of zeros', { blob_versioned_hashes: [`0x01${'00'.repeat(31)}`] });
  yield make('versioned hash of ones', { blob_versioned_hashes: [`0x01${'ff'.repeat(31)}`] });
}

export function* tupleEdges(random) {
  const make = (name, authorization_list) =>
    ordinary(random, 'eip7702', `eip7702: ${name}`, { authorization_list, gas_limit: 200000n });
  for (const id of [0n, ...CHAIN_IDS]) yield make(`tuple for chain ${id}`, [tuple(random, { chain_id: id })]);
  for (const nonce of NONCES) yield make(`tuple of nonce ${nonce}`, [tuple(random, { nonce })]);
  for (const key of KEYS) yield make(`tuple of key ${word(key)}`, [tuple(random, { key: word(key) })]);
  yield make('tuple of nonce 2^64-1, which the chain skips', [tuple(random, { nonce: U64, broken: {} })]);
  yield make('tuple that clears the delegation', [tuple(random, { address: `0x${'00'.repeat(20)}` })]);
  for (const count of [2, 3, 5, 8, 20]) {
    yield make(
      `${count} tuples`,
      Array.from({ length: count }, () => tuple(random)),
    );
  }
  const same = tuple(random);
  yield make('one tuple twice', [same, same]);
  yield* unusualTuples(random, make);
}

// EIP-7702 bounds a tuple's chain id by 2^256: such a tuple is for no chain that exists, and chela's chain ids have 64 bits.
export function wideChainCases() {
  const random = new Random('chela evm_tx wide chain 1');
  return [2n ** 64n, 2n ** 64n + 1n, 2n ** 128n, 2n ** 255n, U256].map((id) =>
    ordinary(random, 'eip7702', `eip7702: tuple for chain ${id}`, {
      authorization_list: [tuple(random, { chain_id: id })],
      gas_limit: 200000n,
    }),
  );
}

// What the chain skips but the transaction carries: EIP-7702 bounds y_parity by 2^8 and r, s by 2^256 only.
function* unusualTuples(random, make) {
  const kinds = {
    'a zero signature': { y_parity: 0n, r: 0n, s: 0n },
    'r of zero': { r: 0n },
    's of zero': { s: 0n },
    'r of the order': { r: ORDER },
    's of the order': { s: ORDER },
    'r of 2^256-1': { r: U256 },
    's of 2^256-1': { s: U256 },
    'the other, high s': { high_s: true },
    'y parity 2': { y_parity: 2n },
    'y parity 27': { y_parity: 27n },
    'y parity 128': { y_parity: 128n },
    'y parity 255': { y_parity: 255n },
  };
  for (const [name, broken] of Object.entries(kinds)) yield make(`tuple with ${name}`, [tuple(random, { broken })]);
  yield make('a good, a broken and a good tuple', [tuple(random), tuple(random, { broken: { s: 0n } }), tuple(random)]);
}
