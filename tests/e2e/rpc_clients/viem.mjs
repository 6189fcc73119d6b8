// A wallet client of viem's that holds no key. Usage: viem.mjs NODE_MODULES URL TOKEN ACCOUNT PAYEE STRANGER
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";

const [modules, url, token, account, payee, stranger] = process.argv.slice(2);
const require = createRequire(modules + "/");
const { createPublicClient, createWalletClient, defineChain, http, parseEther } = require("viem");

const chain = defineChain({
    id: 31337, name: "anvil", nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 }, rpcUrls: { default: { http: [url] } },
});
const transport = http(url, { batch: true, fetchOptions: { headers: { "X-Chela-Token": token } } });
const wallet = createWalletClient({ chain, transport });
const reader = createPublicClient({ chain, transport });

const accounts = await wallet.requestAddresses();
assert.deepEqual(accounts.map((each) => each.toLowerCase()), [account.toLowerCase()]);

const hash = await wallet.sendTransaction({ account: accounts[0], to: payee, value: parseEther("0.1") });
const receipt = await reader.waitForTransactionReceipt({ hash, pollingInterval: 100 });
assert.equal(receipt.status, "success");
assert.equal(receipt.from, account.toLowerCase());

// Several reads in one body.
const [balance, nonce, block] = await Promise.all([
    reader.getBalance({ address: payee }), reader.getTransactionCount({ address: account }), reader.getBlockNumber(),
]);
assert.ok(balance > 0n && nonce === 1 && block > 0n);

// What the agent may not do is what a user would have rejected.
const rejected = (sent) => sent.then(() => assert.fail("it was not denied"), (error) => {
    const cause = error.walk((each) => each.code === 4001);
    assert.ok(cause, `a denial is a rejection, not ${error}`);
    return cause;
});
const denied = await rejected(wallet.sendTransaction({ account: accounts[0], to: stranger, value: 1n }));
assert.match(denied.details ?? denied.message, /allow/i);
await rejected(wallet.signMessage({ account: accounts[0], message: "hello" }));
console.log("viem: paid, read and was denied");
