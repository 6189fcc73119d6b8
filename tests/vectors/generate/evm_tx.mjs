// tests/vectors/evm_tx: what the encoders agree on, one transaction a line.
import { createHash } from 'node:crypto';

import { agree, quantity } from './agree.mjs';
import { TYPE_NAMES, casesOf, wrapperCases } from './evm_tx_cases.mjs';
import { wideChainCases } from './evm_tx_special_cases.mjs';
import {
  addressOf,
  authorization,
  keccak,
  networkBytes,
  recover,
  sign,
  signedBytes,
  unsignedBytes,
} from './evm_tx_encode.mjs';
import { bls12_381, ethers, viem } from './libraries.mjs';
import { ORDER } from './random.mjs';

const COUNT = 410;
const BLOB_BYTES = 131072;
const CELLS = 128;

const printed = (value) => (typeof value === 'bigint' ? quantity(value) : value);
const lines = (cases) => cases.map((each) => `${JSON.stringify(each, (_, value) => printed(value))}\n`).join('');

// Signs a tuple, breaks the signature where the case asks for it, and says who the authority is.
async function signedTuple(asked) {
  const { bytes, hash } = authorization(asked);
  const signature = await sign(hash, asked.key);
  const good = { y_parity: BigInt(signature.yParity), r: BigInt(signature.r), s: BigInt(signature.s) };
  const { high_s, ...broken } = asked.broken ?? {};
  if (high_s) Object.assign(broken, { s: ORDER - good.s, y_parity: 1n - good.y_parity });
  const authority = asked.broken
    ? null
    : agree('authority', { key: addressOf(asked.key), recovered: await recover(hash, signature) });
  return {
    chain_id: asked.chain_id,
    address: asked.address,
    nonce: asked.nonce,
    ...good,
    ...broken,
    private_key: asked.key,
    signing_bytes: bytes,
    signing_hash: hash,
    authority,
  };
}

async function completed(asked) {
  const tx = { ...asked };
  if (tx.authorization_list) tx.authorization_list = await Promise.all(tx.authorization_list.map(signedTuple));
  const unsigned = unsignedBytes(tx);
  const signing_hash = keccak(unsigned);
  const signature = await sign(signing_hash, tx.private_key);
  const signed = signedBytes(tx, signature);
  const sender = agree('sender', { key: addressOf(tx.private_key), recovered: await recover(signing_hash, signature) });
  return { line: { ...tx, unsigned, signing_hash, signed, hash: keccak(signed), sender }, signature };
}

// A blob of one byte repeated is a constant polynomial c: its commitment is c·G1, its proof the point at infinity.
function commitmentOf(fill) {
  const scalar = BigInt(`0x${fill.toString(16).padStart(2, '0').repeat(32)}`);
  const { G1 } = bls12_381;
  const point = scalar === 0n ? G1.ProjectivePoint.ZERO : G1.ProjectivePoint.BASE.multiply(scalar);
  return `0x${Buffer.from(point.toRawBytes(true)).toString('hex')}`;
}

const versionedHash = (commitment) =>
  `0x01${createHash('sha256')
    .update(Buffer.from(commitment.slice(2), 'hex'))
    .digest('hex')
    .slice(2)}`;

const INFINITY = `0xc0${'00'.repeat(47)}`;

async function completedWrapper({ version, fills, proof_prefix, ...tx }) {
  const commitments = fills.map((fill) => commitmentOf(fill));
  tx.blob_versioned_hashes = agree('versioned hashes', {
    sha256: commitments.map(versionedHash),
    viem: commitments.map((commitment) => viem.commitmentToVersionedHash({ commitment })),
  });
  const { line, signature } = await completed(tx);
  const blobs = fills.map((fill) => ethers.hexlify(new Uint8Array(BLOB_BYTES).fill(fill)));
  const proofs =
    version === null
      ? fills.map(() => INFINITY)
      : Array.from({ length: fills.length * CELLS }, (_, i) => `${proof_prefix}${i.toString(16).padStart(4, '0')}`);
  const network = networkBytes(tx, signature, { version, blobs, commitments, proofs });
  const sidecar = { version, blob_fills: fills, commitments };
  if (version === null) sidecar.proofs = proofs;
  else sidecar.cell_proof_prefix = proof_prefix;
  return { ...line, sidecar, network_bytes: (network.length - 2) / 2, network_keccak: keccak(network) };
}

// Vectors whose r or s starts with a zero byte find encoders that keep it.
function hasShortSignature(all) {
  const short = all.filter(({ signature }) => BigInt(signature.r) < 2n ** 248n || BigInt(signature.s) < 2n ** 248n);
  if (short.length < 5) throw new Error(`only ${short.length} signatures with a leading zero byte`);
}

export async function evmTx() {
  const files = {};
  const all = [];
  for (const type of TYPE_NAMES) {
    const done = [];
    for (const asked of casesOf(type, COUNT)) done.push(await completed(asked));
    all.push(...done);
    files[`evm_tx/${type}.jsonl`] = lines(done.map(({ line }) => line));
  }
  hasShortSignature(all);
  const wide = [];
  for (const asked of wideChainCases()) wide.push((await completed(asked)).line);
  files['evm_tx/eip7702_wide_chain_ids.jsonl'] = lines(wide);
  const wrappers = [];
  for (const asked of wrapperCases()) wrappers.push(await completedWrapper(asked));
  files['evm_tx/eip4844_network.jsonl'] = lines(wrappers);
  return files;
}
