// ABI encoding by ethers and viem from one JSON form: integers are decimal text, bytes and addresses hex, tuples and arrays lists.
import { agree } from './agree.mjs';
import { ethers, viem } from './libraries.mjs';

// { base, members } of a tuple, { element, length } of an array, or { base } alone.
export function typeOf(text) {
  const array = text.match(/^(.*)\[(\d*)\]$/);
  if (array) return { element: typeOf(array[1]), length: array[2] === '' ? null : Number(array[2]), text };
  if (!text.startsWith('(')) return { base: text, text };
  const members = [];
  let depth = 0;
  let begin = 1;
  for (let i = 1; i < text.length; ++i) {
    if (text[i] === '(') ++depth;
    if ((text[i] === ',' && depth === 0) || i === text.length - 1) {
      members.push(typeOf(text.slice(begin, i)));
      begin = i + 1;
    }
    if (text[i] === ')') --depth;
  }
  return { base: 'tuple', members, text };
}

const viemParameter = (type) => {
  if (type.element) {
    const inner = viemParameter(type.element);
    return { ...inner, type: `${inner.type}[${type.length ?? ''}]` };
  }
  return type.members ? { type: 'tuple', components: type.members.map(viemParameter) } : { type: type.base };
};

function viemValue(type, value) {
  if (type.element) return value.map((each) => viemValue(type.element, each));
  if (type.members) return value.map((each, i) => viemValue(type.members[i], each));
  return /^u?int/.test(type.base) ? BigInt(value) : value;
}

export function encoded(name, types, values) {
  const parsed = types.map(typeOf);
  return agree(name, {
    ethers: ethers.AbiCoder.defaultAbiCoder().encode(types, values),
    viem: viem.encodeAbiParameters(
      parsed.map(viemParameter),
      values.map((value, i) => viemValue(parsed[i], value)),
    ),
  });
}

// Neither library gives these bytes for any value: what decodes encodes to others. That makes a refusal right.
export function mustNotBeCanonical(name, types, bytes) {
  const byEthers = () => {
    const coder = ethers.AbiCoder.defaultAbiCoder();
    return coder.encode(types, coder.decode(types, bytes).toArray(true));
  };
  const byViem = () => {
    const parameters = types.map(typeOf).map(viemParameter);
    return viem.encodeAbiParameters(parameters, viem.decodeAbiParameters(parameters, bytes));
  };
  const verdicts = {};
  for (const [library, again] of Object.entries({ ethers: byEthers, viem: byViem })) {
    try {
      if (again() === bytes) throw new TypeError(`${name}: ${library} gives these very bytes`);
      verdicts[library] = 'other bytes';
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith(name)) throw error;
      verdicts[library] = 'refuses';
    }
  }
  return verdicts;
}
