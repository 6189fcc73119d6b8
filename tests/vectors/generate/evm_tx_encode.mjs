// One transaction by three encoders: ethers, viem and ours. A field map has snake_case names and bigint numbers.
import { agree } from './agree.mjs';
import { ethers, viem, viemAccounts, viemUtils } from './libraries.mjs';
import { rlp } from './rlp.mjs';

const SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const CELLS = 128;
const TYPES = { legacy: 0, eip2930: 1, eip1559: 2, eip4844: 3, eip7702: 4 };

const hex = (buffer) => `0x${buffer.toString('hex')}`;
const usual = (tuple) => tuple.y_parity <= 1n && tuple.r > 0n && tuple.s > 0n && tuple.authority !== null;

// ethers keeps nonces in a double and cannot hold a tuple whose signature recovers nobody.
export function ethersKnows(tx) {
  return tx.nonce <= SAFE && (tx.authorization_list ?? []).every((tuple) => tuple.nonce <= SAFE && usual(tuple));
}

// viem computes a legacy v with a double; its network wrapper is the one before EIP-7594.
export function viemKnows(tx, signed) {
  return !(signed && tx.type === 'legacy' && tx.chain_id * 2n > SAFE);
}

function ethersTransaction(tx, signature) {
  const out = {
    type: TYPES[tx.type],
    chainId: tx.chain_id,
    nonce: Number(tx.nonce),
    gasLimit: tx.gas_limit,
    to: tx.to,
    value: tx.value,
    data: tx.data,
  };
  if ('gas_price' in tx) out.gasPrice = tx.gas_price;
  if ('max_fee_per_gas' in tx) {
    out.maxFeePerGas = tx.max_fee_per_gas;
    out.maxPriorityFeePerGas = tx.max_priority_fee_per_gas;
  }
  if (tx.access_list) out.accessList = tx.access_list.map((e) => ({ address: e.address, storageKeys: e.storage_keys }));
  if (tx.type === 'eip4844') {
    out.maxFeePerBlobGas = tx.max_fee_per_blob_gas;
    out.blobVersionedHashes = tx.blob_versioned_hashes;
  }
  if (tx.type === 'eip7702') {
    out.authorizationList = tx.authorization_list.map((each) => ({
      chainId: each.chain_id,
      address: each.address,
      nonce: each.nonce,
      signature: { r: word(each.r), s: word(each.s), yParity: Number(each.y_parity) },
    }));
  }
  return ethers.Transaction.from(signature ? { ...out, signature } : out);
}

function viemTransaction(tx) {
  const out = {
    type: tx.type,
    chainId: tx.chain_id <= SAFE ? Number(tx.chain_id) : tx.chain_id,
    nonce: tx.nonce,
    gas: tx.gas_limit,
    to: tx.to,
    value: tx.value,
    data: tx.data,
  };
  if ('gas_price' in tx) out.gasPrice = tx.gas_price;
  if ('max_fee_per_gas' in tx) {
    out.maxFeePerGas = tx.max_fee_per_gas;
    out.maxPriorityFeePerGas = tx.max_priority_fee_per_gas;
  }
  if (tx.access_list) out.accessList = tx.access_list.map((e) => ({ address: e.address, storageKeys: e.storage_keys }));
  if (tx.type === 'eip4844') {
    out.maxFeePerBlobGas = tx.max_fee_per_blob_gas;
    out.blobVersionedHashes = tx.blob_versioned_hashes;
  }
  if (tx.type === 'eip7702') {
    out.authorizationList = tx.authorization_list.map((each) => ({
      chainId: each.chain_id,
      address: each.address,
      nonce: each.nonce,
      r: word(each.r),
      s: word(each.s),
      yParity: Number(each.y_parity),
    }));
  }
  return out;
}

const word = (number) => `0x${number.toString(16).padStart(64, '0')}`;

// The fields in the order of the type's EIP, without a signature.
function plainFields(tx) {
  const accessList = (tx.access_list ?? []).map((entry) => [entry.address, entry.storage_keys]);
  const target = [tx.to ?? '0x', tx.value, tx.data];
  const fees = [tx.max_priority_fee_per_gas, tx.max_fee_per_gas];
  switch (tx.type) {
    case 'legacy':
      return [tx.nonce, tx.gas_price, tx.gas_limit, ...target];
    case 'eip2930':
      return [tx.chain_id, tx.nonce, tx.gas_price, tx.gas_limit, ...target, accessList];
    case 'eip1559':
      return [tx.chain_id, tx.nonce, ...fees, tx.gas_limit, ...target, accessList];
    case 'eip4844':
      return [
        tx.chain_id,
        tx.nonce,
        ...fees,
        tx.gas_limit,
        ...target,
        accessList,
        tx.max_fee_per_blob_gas,
        tx.blob_versioned_hashes,
      ];
    case 'eip7702':
      return [
        tx.chain_id,
        tx.nonce,
        ...fees,
        tx.gas_limit,
        ...target,
        accessList,
        tx.authorization_list.map((each) => [each.chain_id, each.address, each.nonce, each.y_parity, each.r, each.s]),
      ];
    default:
      throw new Error(`no transaction type ${tx.type}`);
  }
}

function plainSignedFields(tx, signature) {
  const parity = BigInt(signature.yParity);
  const v = tx.type === 'legacy' ? 35n + 2n * tx.chain_id + parity : parity;
  return [...plainFields(tx), v, BigInt(signature.r), BigInt(signature.s)];
}

const plain = (tx, fields) => {
  const type = tx.type === 'legacy' ? [] : [Buffer.from([TYPES[tx.type]])];
  return hex(Buffer.concat([...type, rlp(fields)]));
};

export function unsignedBytes(tx) {
  const legacy = tx.type === 'legacy' ? [tx.chain_id, 0n, 0n] : [];
  const by = { plain: plain(tx, [...plainFields(tx), ...legacy]) };
  if (ethersKnows(tx)) by.ethers = ethersTransaction(tx).unsignedSerialized;
  if (viemKnows(tx, false)) by.viem = viem.serializeTransaction(viemTransaction(tx));
  return agree(`unsigned ${tx.name}`, by);
}

export function signedBytes(tx, signature) {
  const by = { plain: plain(tx, plainSignedFields(tx, signature)) };
  if (ethersKnows(tx)) by.ethers = ethersTransaction(tx, signature).serialized;
  if (viemKnows(tx, true)) by.viem = viem.serializeTransaction(viemTransaction(tx), viemSignature(signature));
  return agree(`signed ${tx.name}`, by);
}

// The form of EIP-4844 "Networking", or of EIP-7594 with its version 1 and 128 cell proofs for each blob.
export function networkBytes(tx, signature, sidecar) {
  const { version, blobs, commitments, proofs } = sidecar;
  const wrapper = [...(version === null ? [] : [BigInt(version)]), blobs, commitments, proofs];
  const perBlob = version === null ? 1 : CELLS;
  const transaction = ethersTransaction(tx, signature);
  transaction.blobs = blobs.map((data, i) => ({
    data,
    commitment: commitments[i],
    proof: ethers.concat(proofs.slice(i * perBlob, (i + 1) * perBlob)),
  }));
  if (version !== null) transaction.blobWrapperVersion = version;
  const by = { plain: plain(tx, [plainSignedFields(tx, signature), ...wrapper]), ethers: transaction.serialized };
  if (version === null) {
    const sidecars = blobs.map((blob, i) => ({ blob, commitment: commitments[i], proof: proofs[i] }));
    by.viem = viem.serializeTransaction({ ...viemTransaction(tx), sidecars }, viemSignature(signature));
  }
  return agree(`network form of ${tx.name}`, by);
}

const viemSignature = (signature) => ({
  r: signature.r,
  s: signature.s,
  yParity: signature.yParity,
  v: 27n + BigInt(signature.yParity),
});

// RFC 6979 and low s, by both.
export async function sign(hash, key) {
  const one = new ethers.SigningKey(key).sign(hash);
  const other = await viemAccounts.sign({ hash, privateKey: key });
  return agree(`signature of ${hash}`, {
    ethers: { r: one.r, s: one.s, yParity: one.yParity },
    viem: { r: other.r, s: other.s, yParity: other.yParity },
  });
}

export const keccak = (bytes) => agree('keccak', { ethers: ethers.keccak256(bytes), viem: viem.keccak256(bytes) });

export const addressOf = (key) =>
  agree('address', {
    ethers: ethers.computeAddress(key).toLowerCase(),
    viem: viemAccounts.privateKeyToAddress(key).toLowerCase(),
  });

export async function recover(hash, signature) {
  const other = await viem.recoverAddress({ hash, signature });
  return agree('sender', { ethers: ethers.recoverAddress(hash, signature).toLowerCase(), viem: other.toLowerCase() });
}

// An EIP-7702 tuple to sign: its bytes and their hash.
export function authorization(tuple) {
  const bytes = hex(Buffer.concat([Buffer.from([5]), rlp([tuple.chain_id, tuple.address, tuple.nonce])]));
  const chainId = tuple.chain_id;
  const by = {
    plain: keccak(bytes),
    viem: viemUtils.hashAuthorization({ chainId, address: tuple.address, nonce: tuple.nonce }),
    ethers: ethers.hashAuthorization({ chainId, address: tuple.address, nonce: tuple.nonce }),
  };
  return { bytes, hash: agree('authorization', by) };
}
