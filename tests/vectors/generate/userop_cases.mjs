// The user operations to hash: every field at its edges with the others ordinary, then random ones.

const U64 = 2n ** 64n - 1n;
const U128 = 2n ** 128n - 1n;
const U256 = 2n ** 256n - 1n;
export const MARKER = '0x7702000000000000000000000000000000000000';

export function ordinary(random, version, changed) {
  const op = {
    sender: random.address(),
    nonce: BigInt(random.below(100)),
    call_data: random.hex(68),
    call_gas_limit: 100000n,
    verification_gas_limit: 200000n,
    pre_verification_gas: 50000n,
    max_fee_per_gas: 30n * 10n ** 9n,
    max_priority_fee_per_gas: 10n ** 9n,
  };
  const own =
    version === '0.6'
      ? { init_code: '0x', paymaster_and_data: '0x' }
      : {
          factory: null,
          factory_data: '0x',
          paymaster: null,
          paymaster_verification_gas_limit: 0n,
          paymaster_post_op_gas_limit: 0n,
          paymaster_data: '0x',
        };
  return { ...op, ...own, ...changed };
}

export function* edges(random, version) {
  const top = version === '0.6' ? U256 : U128;
  for (const nonce of [0n, 1n, U64, 1n << 64n, U256]) yield [`nonce ${nonce}`, { nonce }];
  for (const gas of [0n, 1n, U64, top]) {
    for (const field of ['call_gas_limit', 'verification_gas_limit', 'max_fee_per_gas', 'max_priority_fee_per_gas'])
      yield [`${field} ${gas}`, { [field]: gas }];
  }
  for (const gas of [0n, U256]) yield [`pre_verification_gas ${gas}`, { pre_verification_gas: gas }];
  for (const length of [0, 4, 31, 32, 33, 1000])
    yield [`call data of ${length} bytes`, { call_data: random.hex(length) }];
  if (version === '0.6') {
    for (const length of [20, 52, 200]) yield [`init code of ${length} bytes`, { init_code: random.hex(length) }];
    for (const length of [20, 84, 200])
      yield [`paymaster and data of ${length} bytes`, { paymaster_and_data: random.hex(length) }];
    return;
  }
  for (const length of [0, 4, 200])
    yield [`factory with ${length} bytes`, { factory: random.address(), factory_data: random.hex(length) }];
  for (const length of [0, 65]) {
    for (const gas of [0n, 1n, U128]) {
      yield [
        `paymaster with ${length} bytes and gas ${gas}`,
        {
          paymaster: random.address(),
          paymaster_data: random.hex(length),
          paymaster_verification_gas_limit: gas,
          paymaster_post_op_gas_limit: U128 - gas,
        },
      ];
    }
  }
  if (version !== '0.8') return;
  for (const length of [0, 1, 36])
    yield [
      `EIP-7702 account with ${length} bytes`,
      { factory: MARKER, factory_data: random.hex(length), delegate: random.address() },
    ];
}

export function randomChange(random, version) {
  const width = version === '0.6' ? 256 : 128;
  const out = {
    nonce: random.bits(256),
    call_data: random.hex(random.below(200)),
    call_gas_limit: random.bits(width),
    verification_gas_limit: random.bits(width),
    pre_verification_gas: random.bits(256),
    max_fee_per_gas: random.bits(width),
    max_priority_fee_per_gas: random.bits(width),
  };
  if (version === '0.6')
    return {
      ...out,
      init_code: random.pick(['0x', random.hex(20 + random.below(60))]),
      paymaster_and_data: random.pick(['0x', random.hex(20 + random.below(60))]),
    };
  if (random.chance(50)) Object.assign(out, { factory: random.address(), factory_data: random.hex(random.below(60)) });
  if (random.chance(50)) {
    Object.assign(out, {
      paymaster: random.address(),
      paymaster_data: random.hex(random.below(80)),
      paymaster_verification_gas_limit: random.bits(128),
      paymaster_post_op_gas_limit: random.bits(128),
    });
  }
  return out;
}
