// ethers and viem, from the folder that CHELA_VECTOR_MODULES names or from the usual places, in the pinned versions only.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const modules = resolve(process.env.CHELA_VECTOR_MODULES ?? here);
const require = createRequire(join(modules, 'package.json'));
const pinned = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')).dependencies;

function installedVersion(name) {
  let folder = dirname(require.resolve(name));
  for (; folder !== dirname(folder); folder = dirname(folder)) {
    try {
      const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      if (found.name === name) return found.version;
    } catch (error) {
      if (error.code !== 'ENOENT') throw error;
    }
  }
  throw new Error(`no package.json of ${name}`);
}

for (const [name, version] of Object.entries(pinned)) {
  const installed = installedVersion(name);
  if (installed !== version) throw new Error(`${name} is ${installed}; these vectors are made by ${version}`);
}

export const ethers = require('ethers');
export const viem = require('viem');
export const viemAccounts = require('viem/accounts');
export const viemUtils = require('viem/utils');
export const viemAccountAbstraction = require('viem/account-abstraction');

// The curve of KZG commitments, in the version that viem pins.
export const { bls12_381 } = createRequire(require.resolve('viem'))('@noble/curves/bls12-381');
