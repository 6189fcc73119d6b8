// EIP-712 by ethers, by viem and, where one of them has no way to say it, by ours.
import { agree } from './agree.mjs';
import { ethers, viem, viemUtils } from './libraries.mjs';

const DOMAIN = { name: 'string', version: 'string', chainId: 'uint256', verifyingContract: 'address', salt: 'bytes32' };

export const domainTypes = (domain) =>
  Object.keys(DOMAIN)
    .filter((name) => name in domain)
    .map((name) => ({ name, type: DOMAIN[name] }));

const element = (type) => type.match(/^(.*)\[(\d*)\]$/);
const base = (type) => type.replace(/(\[\d*\])+$/, '');

// Ours: straight from the EIP's "Definition of encodeData", over ethers' ABI coder for the words.
export function plainHashes({ types, primaryType, domain, message }) {
  const all = { ...types, EIP712Domain: types.EIP712Domain ?? domainTypes(domain) };
  const reached = (name, seen = new Set()) => {
    if (!(name in all) || seen.has(name)) return seen;
    seen.add(name);
    all[name].forEach((member) => reached(base(member.type), seen));
    return seen;
  };
  const encodeType = (name) =>
    [name, ...[...reached(name)].filter((other) => other !== name).sort()]
      .map((each) => `${each}(${all[each].map((member) => `${member.type} ${member.name}`).join(',')})`)
      .join('');
  const word = (type, value) => {
    const array = element(type);
    if (array) {
      if (array[2] !== '' && value.length !== Number(array[2])) throw new Error(`${type} of ${value.length}`);
      return ethers.keccak256(ethers.concat(value.map((each) => word(array[1], each))));
    }
    if (type in all) return struct(type, value);
    if (type === 'string') return ethers.id(value);
    if (type === 'bytes') return ethers.keccak256(value);
    return ethers.AbiCoder.defaultAbiCoder().encode([type], [value]);
  };
  const struct = (name, value) =>
    ethers.keccak256(
      ethers.concat([ethers.id(encodeType(name)), ...all[name].map((member) => word(member.type, value[member.name]))]),
    );
  const domain_separator = struct('EIP712Domain', domain);
  if (primaryType === 'EIP712Domain') {
    return {
      encode_type: encodeType(primaryType),
      domain_separator,
      struct_hash: domain_separator,
      digest: ethers.keccak256(ethers.concat(['0x1901', domain_separator])),
    };
  }
  const struct_hash = struct(primaryType, message);
  return {
    encode_type: encodeType(primaryType),
    domain_separator,
    struct_hash,
    digest: ethers.keccak256(ethers.concat(['0x1901', domain_separator, struct_hash])),
  };
}

function ethersHashes({ types, primaryType, domain, message }) {
  const { EIP712Domain: ignored, ...others } = types;
  const encoder = ethers.TypedDataEncoder.from(others);
  if (encoder.primaryType !== primaryType) throw new Error(`ethers takes ${encoder.primaryType} for ${primaryType}`);
  return {
    encode_type: encoder.encodeType(primaryType),
    domain_separator: ethers.TypedDataEncoder.hashDomain(domain),
    struct_hash: encoder.hash(message),
    digest: ethers.TypedDataEncoder.hash(domain, others, message),
  };
}

function viemHashes({ types, primaryType, domain, message }) {
  const all = { ...types, EIP712Domain: types.EIP712Domain ?? domainTypes(domain) };
  const domain_separator = viemUtils.hashStruct({ data: domain, primaryType: 'EIP712Domain', types: all });
  const struct_hash =
    primaryType === 'EIP712Domain'
      ? domain_separator
      : viemUtils.hashStruct({ data: message, primaryType, types: all });
  return { domain_separator, struct_hash, digest: viem.hashTypedData({ types: all, primaryType, domain, message }) };
}

const isRecursive = (types) => {
  const reaches = (from, target, seen) =>
    types[from].some(
      ({ type }) =>
        base(type) === target ||
        (base(type) in types && !seen.has(base(type)) && reaches(base(type), target, seen.add(base(type)))),
    );
  return Object.keys(types).some((name) => reaches(name, name, new Set([name])));
};

// The libraries read what a wallet reads: the parsed JSON, not our objects.
export function typedDataCase(name, typed_data) {
  const parsed = JSON.parse(JSON.stringify(typed_data));
  const { encode_type, ...plain } = plainHashes(parsed);
  const by = { plain, viem: viemHashes(parsed) };
  // ethers refuses recursion and has no EIP712Domain as primary type; viem does not say the encoded type.
  if (parsed.primaryType === 'EIP712Domain' || isRecursive(parsed.types)) {
    return { name, typed_data: parsed, ...agree(name, by) };
  }
  const { encode_type: by_ethers, ...hashes } = ethersHashes(parsed);
  const agreed = agree(`encoded type of ${name}`, { plain: encode_type, ethers: by_ethers });
  return { name, typed_data: parsed, encode_type: agreed, ...agree(name, { ...by, ethers: hashes }) };
}

const accepts = (call) => {
  try {
    call();
    return 'accepts';
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return 'refuses';
  }
};

// What the libraries make of a text that must be refused; they are laxer, which is worth knowing.
export function libraryVerdicts(text) {
  return { ethers: accepts(() => ethersHashes(JSON.parse(text))), viem: accepts(() => viemHashes(JSON.parse(text))) };
}
