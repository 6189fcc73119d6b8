// tests/vectors/userop: UserOperation hashes of EntryPoint 0.6, 0.7 and 0.8, by viem and by our composition over ethers.
import { agree, quantity } from './agree.mjs';
import { ethers, viemAccountAbstraction } from './libraries.mjs';
import { Random } from './random.mjs';
import { MARKER, edges, ordinary, randomChange } from './userop_cases.mjs';

// Source: the eth-infinitism account-abstraction releases v0.6.0, v0.7.0 and v0.8.0.
const ENTRY_POINTS = {
  0.6: '0x5ff137d4b0fdcd49dca30c7cf57e578a026d2789',
  0.7: '0x0000000071727de22e5e9d8baf0edac6f37da032',
  0.8: '0x4337084d9e255ff0702461cf8895ce9e3b5ff108',
};
const RANDOM = 50;

const coder = ethers.AbiCoder.defaultAbiCoder();
const pair = (high, low) => ethers.solidityPacked(['uint128', 'uint128'], [high, low]);

// The packed members of ERC-4337's PackedUserOperation, the authorization's delegate in the factory's place.
function packed(op) {
  const factory = op.factory === MARKER ? op.delegate : op.factory;
  return {
    init_code: op.factory === null ? '0x' : ethers.concat([op.factory, op.factory_data]),
    init_code_hashed: factory === null ? '0x' : ethers.concat([factory, op.factory_data]),
    account_gas_limits: pair(op.verification_gas_limit, op.call_gas_limit),
    gas_fees: pair(op.max_priority_fee_per_gas, op.max_fee_per_gas),
    paymaster_and_data:
      op.paymaster === null
        ? '0x'
        : ethers.concat([
            op.paymaster,
            pair(op.paymaster_verification_gas_limit, op.paymaster_post_op_gas_limit),
            op.paymaster_data,
          ]),
  };
}

function outer(inner, entryPoint, chainId) {
  return ethers.keccak256(
    coder.encode(['bytes32', 'address', 'uint256'], [ethers.keccak256(inner), entryPoint, chainId]),
  );
}

function hashByEthers(version, op, chainId) {
  const entryPoint = ENTRY_POINTS[version];
  const hash = ethers.keccak256;
  if (version === '0.6') {
    return outer(
      coder.encode(
        ['address', 'uint256', 'bytes32', 'bytes32', 'uint256', 'uint256', 'uint256', 'uint256', 'uint256', 'bytes32'],
        [
          op.sender,
          op.nonce,
          hash(op.init_code),
          hash(op.call_data),
          op.call_gas_limit,
          op.verification_gas_limit,
          op.pre_verification_gas,
          op.max_fee_per_gas,
          op.max_priority_fee_per_gas,
          hash(op.paymaster_and_data),
        ],
      ),
      entryPoint,
      chainId,
    );
  }
  const parts = packed(op);
  if (version === '0.7') {
    return outer(
      coder.encode(
        ['address', 'uint256', 'bytes32', 'bytes32', 'bytes32', 'uint256', 'bytes32', 'bytes32'],
        [
          op.sender,
          op.nonce,
          hash(parts.init_code),
          hash(op.call_data),
          parts.account_gas_limits,
          op.pre_verification_gas,
          parts.gas_fees,
          hash(parts.paymaster_and_data),
        ],
      ),
      entryPoint,
      chainId,
    );
  }
  const members = [
    ['address', 'sender'],
    ['uint256', 'nonce'],
    ['bytes', 'initCode'],
    ['bytes', 'callData'],
    ['bytes32', 'accountGasLimits'],
    ['uint256', 'preVerificationGas'],
    ['bytes32', 'gasFees'],
    ['bytes', 'paymasterAndData'],
  ];
  return ethers.TypedDataEncoder.hash(
    { name: 'ERC4337', version: '1', chainId, verifyingContract: entryPoint },
    { PackedUserOperation: members.map(([type, name]) => ({ type, name })) },
    {
      sender: op.sender,
      nonce: op.nonce,
      initCode: parts.init_code_hashed,
      callData: op.call_data,
      accountGasLimits: parts.account_gas_limits,
      preVerificationGas: op.pre_verification_gas,
      gasFees: parts.gas_fees,
      paymasterAndData: parts.paymaster_and_data,
    },
  );
}

function hashByViem(version, op, chainId) {
  const common = {
    sender: op.sender,
    nonce: op.nonce,
    callData: op.call_data,
    callGasLimit: op.call_gas_limit,
    verificationGasLimit: op.verification_gas_limit,
    preVerificationGas: op.pre_verification_gas,
    maxFeePerGas: op.max_fee_per_gas,
    maxPriorityFeePerGas: op.max_priority_fee_per_gas,
    signature: '0x',
  };
  const own =
    version === '0.6'
      ? { initCode: op.init_code, paymasterAndData: op.paymaster_and_data }
      : {
          factory: op.factory ?? undefined,
          factoryData: op.factory_data,
          paymaster: op.paymaster ?? undefined,
          paymasterData: op.paymaster_data,
          paymasterVerificationGasLimit: op.paymaster_verification_gas_limit,
          paymasterPostOpGasLimit: op.paymaster_post_op_gas_limit,
          ...(op.delegate ? { authorization: { address: op.delegate, chainId: 1, nonce: 0 } } : {}),
        };
  return viemAccountAbstraction.getUserOperationHash({
    chainId,
    entryPointAddress: ENTRY_POINTS[version],
    entryPointVersion: version,
    userOperation: { ...common, ...own },
  });
}

function completed(version, name, op, chainId) {
  const hash = agree(`${version} ${name}`, {
    ethers: hashByEthers(version, op, chainId),
    viem: hashByViem(version, op, chainId),
  });
  const { init_code_hashed: ignored, ...parts } = version === '0.6' ? {} : packed(op);
  return { name, version, entry_point: ENTRY_POINTS[version], chain_id: BigInt(chainId), ...op, ...parts, hash };
}

export function userop() {
  return Object.fromEntries(
    Object.keys(ENTRY_POINTS).map((version) => {
      const random = new Random(`chela userop ${version} 1`);
      const asked = [...edges(random, version)].map(([name, change]) => [name, change, 1]);
      for (const chainId of [1, 10, 137, 8453, 11155111, Number.MAX_SAFE_INTEGER])
        asked.push([`chain ${chainId}`, {}, chainId]);
      for (let i = 0; i < RANDOM; ++i)
        asked.push([`random ${i}`, randomChange(random, version), 1 + random.below(2 ** 32)]);
      const cases = asked.map(([name, change, chainId]) =>
        completed(version, name, ordinary(random, version, change), chainId),
      );
      const print = (each) =>
        `${JSON.stringify(each, (_, value) => (typeof value === 'bigint' ? quantity(value) : value))}\n`;
      return [`userop/v${version.replace('.', '_')}.jsonl`, cases.map(print).join('')];
    }),
  );
}
