// A third opinion that shares no code with the others: cast (Rust) decodes every signed transaction of tests/vectors/evm_tx.
// Usage: node check_with_cast.mjs CAST_BINARY
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const cast = process.argv[2];
const folder = join(resolve(dirname(fileURLToPath(import.meta.url)), '..'), 'evm_tx');
const TYPES = { legacy: '0x0', eip2930: '0x1', eip1559: '0x2', eip4844: '0x3', eip7702: '0x4' };

// cast keeps fees in 128 bits.
const U128 = 2n ** 128n;
const castCannot = (tx) =>
  ['gas_price', 'max_fee_per_gas', 'max_priority_fee_per_gas', 'max_fee_per_blob_gas'].some(
    (fee) => BigInt(tx[fee] ?? 0) >= U128,
  );

const tuple = (each) => [
  each.chain_id ?? each.chainId,
  each.address,
  each.nonce,
  each.y_parity ?? each.yParity,
  each.r,
  each.s,
];
const expected = (tx) => ({
  signer: tx.sender,
  hash: tx.hash,
  type: TYPES[tx.type],
  chainId: tx.chain_id,
  nonce: tx.nonce,
  gas: tx.gas_limit,
  to: tx.to,
  value: tx.value,
  input: tx.data,
  gasPrice: tx.gas_price ?? null,
  maxFeePerGas: tx.max_fee_per_gas ?? null,
  maxPriorityFeePerGas: tx.max_priority_fee_per_gas ?? null,
  maxFeePerBlobGas: tx.max_fee_per_blob_gas ?? null,
  accessList: (tx.access_list ?? []).map((entry) => [entry.address, entry.storage_keys]),
  blobVersionedHashes: tx.blob_versioned_hashes ?? null,
  authorizationList: (tx.authorization_list ?? []).map(tuple),
});
const said = (tx) => ({
  signer: tx.signer,
  hash: tx.hash,
  type: tx.type,
  chainId: tx.chainId ?? null,
  nonce: tx.nonce,
  gas: tx.gas,
  to: tx.to ?? null,
  value: tx.value,
  input: tx.input,
  gasPrice: tx.gasPrice ?? null,
  maxFeePerGas: tx.maxFeePerGas ?? null,
  maxPriorityFeePerGas: tx.maxPriorityFeePerGas ?? null,
  maxFeePerBlobGas: tx.maxFeePerBlobGas ?? null,
  accessList: (tx.accessList ?? []).map((entry) => [entry.address, entry.storageKeys]),
  blobVersionedHashes: tx.blobVersionedHashes ?? null,
  authorizationList: (tx.authorizationList ?? []).map(tuple),
});

function decoded(tx) {
  const answer = JSON.parse(
    execFileSync(cast, ['decode-transaction'], { input: tx.signed, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] }),
  );
  return typeof answer === 'string' ? JSON.parse(answer) : answer;
}

let agreed = 0;
let beyond = 0;
const wrong = [];
for (const file of readdirSync(folder).filter((name) => name.endsWith('.jsonl'))) {
  for (const line of readFileSync(join(folder, file), 'utf8').trim().split('\n')) {
    const tx = JSON.parse(line);
    if (castCannot(tx)) {
      ++beyond;
      continue;
    }
    let one;
    try {
      one = JSON.stringify(said(decoded(tx)));
    } catch (error) {
      if (error.status === undefined) throw error;
      one = `refused: ${error.stderr.trim()}`;
    }
    if (one === JSON.stringify(expected(tx))) ++agreed;
    else wrong.push(`${tx.name}:\n  cast ${one.slice(0, 1500)}\n  file ${JSON.stringify(expected(tx)).slice(0, 1500)}`);
  }
}
console.log(`cast agrees on ${agreed}, keeps no fee as large as those of ${beyond}, disagrees on ${wrong.length}`);
if (wrong.length > 0) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
