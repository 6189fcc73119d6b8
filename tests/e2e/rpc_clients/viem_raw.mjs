// Signed first, sent later. Usage: viem_raw.mjs NODE_MODULES URL TOKEN ACCOUNT PAYEE STRANGER ANVIL
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";
import { asker } from "./support.mjs";

const [modules, url, token, account, payee, stranger, anvil] = process.argv.slice(2);
const { createWalletClient, defineChain, http, keccak256, publicActions } = createRequire(modules + "/")("viem");

const chain = defineChain({
    id: 31337, name: "anvil", nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 }, rpcUrls: { default: { http: [url] } },
});
const headers = { "X-Chela-Token": token };
const agent = createWalletClient({ account, chain, transport: http(url, { fetchOptions: { headers } }) }).extend(publicActions);
const node = asker(anvil);

const serializedTransaction = await agent.signTransaction({ to: payee, value: 1n, gas: 21000n });
assert.equal(BigInt(await node("eth_getTransactionCount", [account, "pending"])), 0n, "nobody has sent it");
const hash = await agent.sendRawTransaction({ serializedTransaction });
assert.equal(hash, keccak256(serializedTransaction));
assert.equal((await agent.waitForTransactionReceipt({ hash, pollingInterval: 100 })).status, "success");
assert.equal(await agent.sendRawTransaction({ serializedTransaction }), hash, "it is known already");

// What another key signed is not chela's to send, whoever would pay for it.
const [rich] = await node("eth_accounts");
const foreign = await node("eth_signTransaction", [{ from: rich, to: payee, value: "0x1", gas: "0x5208", gasPrice: "0x77359400", nonce: "0x99" }]);
await assert.rejects(agent.sendRawTransaction({ serializedTransaction: foreign }), (error) => error.walk((each) => each.code === 4001) !== null);
console.log("done");
