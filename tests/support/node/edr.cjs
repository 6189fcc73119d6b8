// An Ethereum node over HTTP on 127.0.0.1: EDR, the engine of Hardhat, without Hardhat around it.
// Usage: node edr.cjs MODULE [--chain-id N] [--no-mining]; MODULE is the folder of the platform's EDR package.
// Once it listens it writes "Listening on 127.0.0.1:PORT".
'use strict';

const http = require('node:http');
const path = require('node:path');

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const RICH = 10000n * 10n ** 18n;
// The ten accounts of the well-known mnemonic "test test … junk" that anvil and Hardhat have, too.
const ACCOUNTS = [
  'f39fd6e51aad88f6f4ce6ab8827279cfffb92266',
  '70997970c51812dc3a010c7d01b50e0d17dc79c8',
  '3c44cdddb6a900fa2b585dd299e03d12fa4293bc',
  '90f79bf6eb2c4f870365e785982e1f101e93b906',
  '15d34aaf54267db7d7c367839aaf71a00a2c6a65',
  '9965507d1a55bcc2695c58ba16fb37d819b0a4dc',
  '976ea74026e726554db657fa54763abd0c3a0aa9',
  '14dc79964da2c08b23698b3d3cc7ca32193d9955',
  '23618e81e3f5cdf7f54c3d65f7fbc0abf5b21e8f',
  'a0ee7a142d267c1f36714e4a8f75612f20a79720',
];

function options(args) {
  const out = { module: args[0], chainId: 31337n, autoMine: true };
  for (let i = 1; i < args.length; i += 1) {
    if (args[i] === '--chain-id' && /^[0-9]+$/.test(args[i + 1] ?? '')) out.chainId = BigInt(args[(i += 1)]);
    else if (args[i] === '--no-mining') out.autoMine = false;
    else throw new Error(`edr.cjs does not know ${args[i]}`);
  }
  if (!out.module) throw new Error('edr.cjs needs the folder of the EDR package');
  return out;
}

async function openProvider({ module, chainId, autoMine }) {
  const edr = require(path.resolve(module));
  const context = new edr.EdrContext();
  await context.registerProviderFactory(edr.L1_CHAIN_TYPE, edr.l1ProviderFactory());
  const hardfork = edr.l1HardforkLatest();
  const config = {
    allowBlocksWithSameTimestamp: true,
    allowUnlimitedContractSize: false,
    bailOnCallFailure: true,
    bailOnTransactionFailure: false,
    chainId,
    coinbase: Buffer.alloc(20),
    defaultTransactionGasLimit: 16777216n,
    genesisState: [
      ...edr.l1GenesisState(hardfork),
      ...ACCOUNTS.map((address) => ({ address: Buffer.from(address, 'hex'), balance: RICH })),
    ],
    hardfork: edr.l1HardforkToString(hardfork),
    initialBaseFeePerGas: 1000000000n,
    minGasPrice: 0n,
    mining: { autoMine, blockGasLimit: 30000000n, memPool: { order: edr.MineOrdering.Priority } },
    network: { genesisBlockGasLimit: 30000000n },
    networkId: chainId,
    observability: {},
    ownedAccounts: [],
    precompileOverrides: [],
  };
  const logger = { enable: false, decodeConsoleLogInputsCallback: () => [], printLineCallback: () => {} };
  return context.createProvider(
    edr.L1_CHAIN_TYPE, config, logger, { subscriptionCallback: () => {} }, new edr.ContractDecoder());
}

async function one(provider, call) {
  const { data } = await provider.handleRequest(JSON.stringify(call));
  const answer = typeof data === 'string' ? JSON.parse(data) : data;
  // EDR leaves the id to whoever carries its answer.
  return { jsonrpc: '2.0', id: call?.id ?? null, ...(answer.error ? { error: answer.error } : { result: answer.result }) };
}

async function answer(provider, body) {
  let call;
  try {
    call = JSON.parse(body);
  } catch {
    return { jsonrpc: '2.0', id: null, error: { code: -32700, message: 'Parse error' } };
  }
  if (!Array.isArray(call)) return one(provider, call);
  const out = [];
  for (const each of call) out.push(await one(provider, each));
  return out;
}

async function main() {
  const provider = await openProvider(options(process.argv.slice(2)));
  const server = http.createServer((request, response) => {
    const parts = [];
    let size = 0;
    request.on('data', (part) => {
      size += part.length;
      if (size > MAX_BODY_BYTES) request.destroy();
      else parts.push(part);
    });
    request.on('end', async () => {
      let text;
      try {
        text = JSON.stringify(await answer(provider, Buffer.concat(parts).toString('utf8')));
      } catch (error) {
        text = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32603, message: String(error) } });
      }
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
      response.end(text);
    });
  });
  server.listen(0, '127.0.0.1', () => console.log(`Listening on 127.0.0.1:${server.address().port}`));
}

main().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
