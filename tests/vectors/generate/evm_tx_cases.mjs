// The transactions to encode: every field at its edges with the others ordinary, then random ones.
import { Random } from './random.mjs';
import {
  U64,
  GWEI,
  CHAIN_IDS,
  NONCES,
  GASES,
  AMOUNTS,
  DATA_LENGTHS,
  KEYS,
  word,
  accessList,
  hasFeeCap,
  mustHaveTarget,
  versionedHashes,
  ordinary,
  tuple,
} from './evm_tx_ordinary.mjs';
import { blobEdges, tupleEdges } from './evm_tx_special_cases.mjs';

function* commonEdges(random, type) {
  const make = (name, changed) => ordinary(random, type, `${type}: ${name}`, changed);
  for (const id of CHAIN_IDS) yield make(`chain id ${id}`, { chain_id: id });
  for (const nonce of NONCES) yield make(`nonce ${nonce}`, { nonce });
  for (const gas of GASES) yield make(`gas limit ${gas}`, { gas_limit: gas });
  for (const value of AMOUNTS) yield make(`value ${value}`, { value });
  for (const fee of AMOUNTS) {
    if (!hasFeeCap(type)) yield make(`gas price ${fee}`, { gas_price: fee });
    else yield make(`fee cap ${fee} and no tip`, { max_fee_per_gas: fee, max_priority_fee_per_gas: 0n });
    if (hasFeeCap(type)) yield make(`tip and fee cap ${fee}`, { max_fee_per_gas: fee, max_priority_fee_per_gas: fee });
  }
  for (const length of DATA_LENGTHS)
    yield make(`data of ${length} bytes`, { data: random.hex(length), gas_limit: 300000n });
  for (const byte of ['00', '01', '7f', '80', 'ff']) yield make(`data 0x${byte}`, { data: `0x${byte}` });
  for (const key of KEYS) yield make(`private key ${word(key)}`, { private_key: word(key) });
  for (const to of ['00'.repeat(20), 'ff'.repeat(20), `${'00'.repeat(19)}01`, `01${'00'.repeat(19)}`]) {
    yield make(`to ${to}`, { to: `0x${to}` });
  }
  if (mustHaveTarget(type)) return;
  for (const length of [0, 1, 55, 300]) {
    yield make(`creation with ${length} bytes of code`, { to: null, data: random.hex(length), gas_limit: 500000n });
  }
  yield make('everything small is zero', {
    to: null,
    nonce: 0n,
    gas_limit: 0n,
    value: 0n,
    ...(hasFeeCap(type) ? { max_fee_per_gas: 0n, max_priority_fee_per_gas: 0n } : { gas_price: 0n }),
  });
}

function* accessListEdges(random, type) {
  const make = (name, access_list) => ordinary(random, type, `${type}: ${name}`, { access_list, gas_limit: 400000n });
  for (const [entries, keys] of [
    [1, 0],
    [1, 1],
    [1, 2],
    [2, 0],
    [2, 2],
    [3, 4],
    [10, 1],
    [20, 2],
    [1, 60],
    [60, 0],
  ]) {
    yield make(`access list of ${entries} addresses with ${keys} keys`, accessList(random, entries, keys));
  }
  const one = accessList(random, 1, 1)[0];
  yield make('access list that says one address and key twice', [
    one,
    one,
    { ...one, storage_keys: [...one.storage_keys, ...one.storage_keys] },
  ]);
  yield make('access list of the zero address and key', [
    { address: `0x${'00'.repeat(20)}`, storage_keys: [word(0n)] },
  ]);
}

function randomCase(random, type, index) {
  const out = ordinary(random, type, `${type}: random ${index}`, {
    chain_id: random.bits(63) + 1n,
    nonce: random.bits(53),
    gas_limit: random.bits(64),
    value: random.bits(256),
    data: random.hex(random.below(random.pick([4, 36, 70]))),
  });
  if (hasFeeCap(type)) {
    out.max_fee_per_gas = random.bits(256);
    out.max_priority_fee_per_gas = random.bits(256) % (out.max_fee_per_gas + 1n);
  } else {
    out.gas_price = random.bits(256);
  }
  if (!mustHaveTarget(type) && random.chance(15)) out.to = null;
  if (type !== 'legacy') out.access_list = accessList(random, random.below(3), random.below(3));
  if (type === 'eip4844') {
    out.blob_versioned_hashes = versionedHashes(random, 1 + random.below(4));
    out.max_fee_per_blob_gas = random.bits(256);
  }
  if (type === 'eip7702') {
    out.authorization_list = Array.from({ length: 1 + random.below(3) }, () =>
      tuple(random, { chain_id: random.pick([0n, out.chain_id, random.bits(64)]), nonce: random.bits(64) % U64 }),
    );
  }
  return out;
}

export const TYPE_NAMES = ['legacy', 'eip2930', 'eip1559', 'eip4844', 'eip7702'];

export function casesOf(type, count) {
  const random = new Random(`chela evm_tx ${type} 1`);
  const out = [...commonEdges(random, type)];
  if (type !== 'legacy') out.push(...accessListEdges(random, type));
  if (type === 'eip4844') out.push(...blobEdges(random));
  if (type === 'eip7702') out.push(...tupleEdges(random));
  if (type === 'eip1559')
    out.push(
      ordinary(random, type, 'eip1559: data of 65536 bytes', { data: random.hex(65536), gas_limit: 3n * 10n ** 6n }),
    );
  for (let i = 0; out.length < count; ++i) out.push(randomCase(random, type, i));
  return out;
}

// Network wrappers: each blob is one byte 131072 times, so that files stay small. Version 1 is EIP-7594's.
export function wrapperCases() {
  const random = new Random('chela evm_tx wrapper 1');
  const counts = [1, 1, 1, 2, 2, 3, 4, 5, 6, 6, 1, 9];
  return [null, 1].flatMap((version) =>
    counts.map((count, i) => ({
      ...ordinary(
        random,
        'eip4844',
        `network form ${version === null ? 'of EIP-4844' : 'of EIP-7594'} with ${count} blobs, ${i}`,
        {
          data: random.hex(i * 7),
          gas_limit: 10n ** 6n,
          max_fee_per_gas: 50n * GWEI,
          access_list: accessList(random, i % 3, 1),
        },
      ),
      version,
      fills: Array.from({ length: count }, (_, blob) => (i === 0 ? 0 : (random.below(115) + blob) % 116)),
      proof_prefix: random.hex(46),
    })),
  );
}
