// Several calls at once, as EIP-5792 has them. Usage: viem_calls.mjs NODE_MODULES URL TOKEN ACCOUNT PAYEE STRANGER
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";

const [modules, url, token, account, payee, stranger] = process.argv.slice(2);
const { createWalletClient, defineChain, http } = createRequire(modules + "/")("viem");

const chain = defineChain({
    id: 31337, name: "anvil", nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 }, rpcUrls: { default: { http: [url] } },
});
const wallet = createWalletClient({ account, chain, transport: http(url, { fetchOptions: { headers: { "X-Chela-Token": token } } }) });
const finished = (id) => wallet.waitForCallsStatus({ id, pollingInterval: 100 });
const code = (sent) => sent.then(() => assert.fail("it was not refused"), (error) => error.walk((each) => typeof each.code === "number")?.code);

assert.deepEqual(await wallet.getCapabilities({ account, chainId: 31337 }), { atomic: { status: "unsupported" } });

const { id } = await wallet.sendCalls({ id: "0x0123", calls: [{ to: payee, value: 1n }, { to: payee, value: 2n }, { to: payee, data: "0x01" }] });
assert.equal(id, "0x0123");
const done = await finished(id);
assert.equal(done.status, "success");
assert.equal(done.statusCode, 200);
assert.equal(done.chainId, 31337);
assert.equal(done.atomic, false);
assert.equal(done.receipts.length, 3);
assert.ok(done.receipts.every((each) => each.status === "success" && each.gasUsed >= 21000n));

assert.equal(await code(wallet.sendCalls({ id, calls: [{ to: payee, value: 1n }] })), 5720);
assert.equal(await code(wallet.sendCalls({ calls: [{ to: payee }], forceAtomic: true })), 5760);
assert.equal(await code(wallet.sendCalls({ calls: [{ to: payee }], capabilities: { paymasterService: { url: "https://example.org" } } })), 5700);
assert.equal(await code(wallet.getCallsStatus({ id: "0x4567" })), 5730);
assert.equal(await code(wallet.sendCalls({ calls: [{ to: stranger, value: 1n }] })), 4001);

// What the policy denies ends the bundle; what was before it is paid.
const partly = await wallet.sendCalls({ calls: [{ to: payee, value: 1n }, { to: stranger, value: 1n }, { to: payee, value: 1n }] });
const ended = await finished(partly.id);
assert.equal(ended.statusCode, 600);
assert.equal(ended.receipts.length, 1);
console.log("done");
