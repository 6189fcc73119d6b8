// Writes every vector file of this generator, or with --check compares with what is there. See the SOURCE.md of each folder.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { abi } from './abi.mjs';
import { evmTx } from './evm_tx.mjs';
import { keystores } from './keystore.mjs';
import { typedData } from './typed_data.mjs';
import { userop } from './userop.mjs';

const vectors = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const check = process.argv.includes('--check');
const unknown = process.argv.slice(2).filter((argument) => argument !== '--check');
if (unknown.length > 0) throw new Error(`usage: node all.mjs [--check], not ${unknown.join(' ')}`);

const files = {};
for (const make of [typedData, abi, userop, keystores, evmTx]) Object.assign(files, await make());

let different = 0;
for (const [path, content] of Object.entries(files)) {
  const target = join(vectors, path);
  const count = content.split('\n').length - 1;
  if (!check) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  } else if (readFileSync(target, 'utf8') !== content) {
    console.error(`${path}: differs from what the generator gives`);
    ++different;
    continue;
  }
  console.log(`${path}: ${count} cases, ${content.length} bytes`);
}
if (different > 0) process.exit(1);
