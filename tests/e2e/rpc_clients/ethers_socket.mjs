// ethers over a WebSocket. Usage: ethers_socket.mjs NODE_MODULES URL TOKEN ACCOUNT PAYEE STRANGER ANVIL
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";
import { asker, logger, topic, until } from "./support.mjs";

const [modules, url, token, account, payee, stranger, anvil] = process.argv.slice(2);
const require = createRequire(modules + "/");
const WebSocket = require("ws");
const { WebSocketProvider } = require("ethers");

const provider = new WebSocketProvider(() => new WebSocket(url.replace("http:", "ws:"), { headers: { "X-Chela-Token": token } }));
const emitter = await logger(asker(anvil));
const blocks = [], logs = [];
await provider.on("block", (number) => blocks.push(number));
await provider.on({ address: emitter.address, topics: [topic] }, (log) => logs.push(log));
await until("a log", async () => { await emitter.call(); return logs.length > 0; });
assert.equal(logs[0].address.toLowerCase(), emitter.address.toLowerCase());
await until("a block", () => blocks.length > 0);
await provider.removeAllListeners();

const signer = await provider.getSigner();
assert.equal((await signer.getAddress()).toLowerCase(), account.toLowerCase());
const receipt = await (await signer.sendTransaction({ to: payee, value: 1n })).wait();
assert.equal(receipt.status, 1);
await assert.rejects(signer.sendTransaction({ to: stranger, value: 1n }), { code: "ACTION_REJECTED" });
await provider.destroy();
console.log("done");
process.exit(0);
