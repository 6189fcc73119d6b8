// viem over a WebSocket. Usage: viem_socket.mjs NODE_MODULES URL TOKEN ACCOUNT PAYEE STRANGER ANVIL
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";
import { asker, logger, topic, until } from "./support.mjs";

const [modules, url, token, account, payee, stranger, anvil] = process.argv.slice(2);
const require = createRequire(modules + "/");
const WebSocket = require("ws");
// viem takes the WebSocket that is there, and gives it nothing but the URL.
globalThis.WebSocket = class extends WebSocket {
    constructor(address) { super(address, { headers: { "X-Chela-Token": token } }); }
};
const { createPublicClient, defineChain, walletActions, webSocket } = require("viem");

const chain = defineChain({
    id: 31337, name: "anvil", nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 }, rpcUrls: { default: { http: [url] } },
});
const client = createPublicClient({ chain, transport: webSocket(url.replace("http:", "ws:")) }).extend(walletActions);
const emitter = await logger(asker(anvil));

const heads = [], blocks = [], logs = [];
const onError = (error) => { throw error; };
const told = await client.transport.subscribe({ params: ["newHeads"], onData: ({ result }) => heads.push(result), onError });
const unwatchBlocks = client.watchBlocks({ onBlock: (block) => blocks.push(block), onError });
const unwatchLogs = client.watchEvent({ address: emitter.address, onLogs: (some) => logs.push(...some), onError });
await until("a log", async () => { await emitter.call(); return logs.length > 0; });
assert.equal(logs[0].address, emitter.address);
assert.deepEqual(logs[0].topics, [topic]);
assert.equal(logs[0].removed, false);
await until("two blocks", () => heads.length > 1 && blocks.length > 1);
// viem asks for each block that it hears of and tells them as the answers come, in any order; the heads come in theirs.
assert.ok(heads.slice(1).every((head, before) => head.parentHash === heads[before].hash), "none is left out");
unwatchBlocks();
unwatchLogs();
await told.unsubscribe();

const hash = await client.sendTransaction({ account, to: payee, value: 1n });
assert.equal((await client.waitForTransactionReceipt({ hash, pollingInterval: 100 })).status, "success");
await assert.rejects(client.sendTransaction({ account, to: stranger, value: 1n }), (error) => error.walk((each) => each.code === 4001) !== null);
console.log("done");
process.exit(0);
