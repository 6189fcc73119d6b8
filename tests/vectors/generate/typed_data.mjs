// tests/vectors/typed_data: hashes that the implementations agree on, and texts that must be refused.
import { domainOnlyCases, systematicCases } from './typed_data_cases.mjs';
import { libraryVerdicts, typedDataCase } from './typed_data_encode.mjs';
import { knownMessages, randomCases } from './typed_data_messages.mjs';
import { refusedTypedData } from './typed_data_refused.mjs';

const RANDOM = 240;
const lines = (cases) => cases.map((each) => `${JSON.stringify(each)}\n`).join('');
const hashed = (cases) => lines(cases.map(([name, data]) => typedDataCase(name, data)));

export function typedData() {
  return {
    'typed_data/systematic.jsonl': hashed(systematicCases()),
    'typed_data/messages.jsonl': hashed(knownMessages()),
    'typed_data/random.jsonl': hashed(randomCases(RANDOM)),
    'typed_data/domain_only.jsonl': hashed(domainOnlyCases()),
    'typed_data/refused.jsonl': lines(refusedTypedData().map((each) => ({ ...each, ...libraryVerdicts(each.text) }))),
  };
}
