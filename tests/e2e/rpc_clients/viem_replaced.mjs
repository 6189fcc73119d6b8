// Waits by a hash that chela replaces. Usage: viem_replaced.mjs NODE_MODULES URL TOKEN ACCOUNT PAYEE STRANGER ANVIL AGENT_ID
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";

const [modules, url, token, account, payee, , anvil, agent] = process.argv.slice(2);
const { createWalletClient, defineChain, http, publicActions } = createRequire(modules + "/")("viem");

const headers = { "X-Chela-Token": token, "Content-Type": "application/json" };
const chain = defineChain({
    id: 31337, name: "anvil", nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 }, rpcUrls: { default: { http: [url] } },
});
const wallet = createWalletClient({ account, chain, transport: http(url, { fetchOptions: { headers } }) }).extend(publicActions);
const node = async (method, params = []) => {
    const answer = await fetch(anvil, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
    const { result, error } = await answer.json();
    assert.ok(!error, JSON.stringify(error));
    return result;
};
const transactions = new URL(`/v1/agents/${agent}/transactions`, url);
const latest = async () => (await (await fetch(transactions, { headers })).json()).transactions[0];
const until = async (what, is) => {
    for (let i = 0; i < 200; ++i, await new Promise((wake) => setTimeout(wake, 50))) if (await is()) return;
    assert.fail(`never: ${what}`);
};

await node("evm_setAutomine", [false]);
const hash = await wallet.sendTransaction({ account, to: payee, value: 7n });
const { id } = await latest();
await until("the node has the first one", () => node("eth_getTransactionByHash", [hash]));
const sped = await fetch(`${transactions}/${id}/speed-up`, { method: "POST", headers, body: "{}" });
assert.ok(sped.ok, await sped.text());
await until("it is replaced", async () => (await latest()).tx_hash !== hash);
await until("the node has the second one", async () => node("eth_getTransactionByHash", [(await latest()).tx_hash]));
assert.equal(await node("eth_getTransactionByHash", [hash]), null);

// The node knows the first one no more; chela does.
assert.equal((await wallet.getTransaction({ hash })).blockNumber, null);
let replacement;
const waiting = wallet.waitForTransactionReceipt({ hash, pollingInterval: 100, timeout: 30_000, onReplaced: (what) => { replacement = what; } });
await node("evm_mine");
await node("evm_setAutomine", [true]);
const receipt = await waiting;
assert.equal(receipt.status, "success");
assert.notEqual(receipt.transactionHash, hash);
assert.equal(replacement.reason, "repriced");
console.log("done");
