// tests/vectors/abi: encodings, signatures, and encodings that must be refused.
import { randomType, randomValue, systematicAbi } from './abi_cases.mjs';
import { encoded, mustNotBeCanonical, typeOf } from './abi_encode.mjs';
import { refusedAbi } from './abi_refused.mjs';
import { signatures } from './abi_signatures.mjs';
import { Random } from './random.mjs';

const RANDOM = 220;
const lines = (cases) => cases.map((each) => `${JSON.stringify(each)}\n`).join('');

function randomAbi() {
  const random = new Random('chela abi random 1');
  return Array.from({ length: RANDOM }, (_, i) => {
    const types = Array.from({ length: 1 + random.below(4) }, () => randomType(random, 3));
    return [`random ${i}`, types, types.map((type) => randomValue(random, typeOf(type)))];
  });
}

export function abi() {
  const encodings = [...systematicAbi(), ...randomAbi()];
  return {
    'abi/encodings.jsonl': lines(
      encodings.map(([name, types, values]) => ({ name, types, values, encoded: encoded(name, types, values) })),
    ),
    'abi/signatures.jsonl': lines(signatures()),
    'abi/refused.jsonl': lines(
      refusedAbi().map(([name, types, bytes, reason]) => ({
        name,
        reason,
        types,
        encoded: bytes,
        ...mustNotBeCanonical(name, types, bytes),
      })),
    ),
  };
}
