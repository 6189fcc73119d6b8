// What a WebSocket is refused, and how it ends. Usage: socket.mjs NODE_MODULES URL TOKEN ACCOUNT PAYEE STRANGER
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";

const [modules, url, token] = process.argv.slice(2);
const WebSocket = createRequire(modules + "/")("ws");
const address = url.replace("http:", "ws:");
const headers = { "X-Chela-Token": token };

/// @return the status that refuses it
const refusal = (where, options) => new Promise((done, fail) => {
    const socket = new WebSocket(where, options);
    socket.on("unexpected-response", (request, response) => { request.destroy(); done(response.statusCode); });
    socket.on("open", () => fail(new Error(`${where} was opened`)));
    socket.on("error", () => {});
});
const opened = (options = {}) => new Promise((done, fail) => {
    const socket = new WebSocket(address, { headers, ...options });
    socket.on("open", () => done(socket));
    socket.on("error", fail);
});
const message = (socket) => new Promise((done) => socket.once("message", (text) => done(JSON.parse(text))));
const end = (socket) => new Promise((done) => socket.once("close", (code) => done(code)));
const call = async (socket, method, params = [], id = 1) => {
    socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return message(socket);
};

assert.equal(await refusal(address), 401);
assert.equal(await refusal(address, { headers: { "X-Chela-Token": "f".repeat(32) } }), 401);
assert.equal(await refusal(address, { headers, origin: "http://127.0.0.1" }), 403);
assert.equal(await refusal(address, { headers: { ...headers, "Sec-Fetch-Site": "cross-site" } }), 403);
assert.equal(await refusal(address, { headers: { ...headers, Host: "evil.example" } }), 421);
assert.equal(await refusal(address, { headers, protocolVersion: 8 }), 501);
assert.equal(await refusal(address.replace("/rpc/anvil", "/v1/chains"), { headers }), 501);
assert.equal(await refusal(address.replace("anvil", "nowhere"), { headers }), 404);

const socket = await opened();
assert.equal((await call(socket, "eth_chainId")).result, "0x7a69");
assert.equal((await call(socket, "debug_traceCall")).error.code, -32601);
assert.equal((await call(socket, "eth_subscribe", ["newPendingTransactions"])).error.code, 4200);
assert.equal((await call(socket, "eth_subscribe", ["logs", { fromBlock: "0x0" }])).error.code, -32602);
const many = [];
for (let i = 0; i < 17; ++i) many.push(await call(socket, "eth_subscribe", ["newHeads"], i));
assert.equal(many[16].error.code, -32005);
assert.equal((await call(socket, "eth_unsubscribe", [many[0].result])).result, true);
assert.equal((await call(socket, "eth_unsubscribe", [many[0].result])).result, false);
socket.send("{");
assert.equal((await message(socket)).error.code, -32700);
socket.ping();
await new Promise((done) => socket.once("pong", done));

const binary = await opened();
binary.send(Buffer.from("{}"));
assert.equal(await end(binary), 1003);
const large = await opened();
large.send("x".repeat(2 * 1024 * 1024));
assert.ok([1009, 1006].includes(await end(large)), "the goodbye may be lost while the message still comes");
// The test stops chela when it reads this.
console.log("waiting");
assert.equal(await end(socket), 1001);
console.log("done");
