// The client of before, revision 2025-11-25. Usage: legacy.mjs WHAT (a JSON object, see mcp_test.cpp)
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { strict as assert } from "node:assert";

const what = JSON.parse(process.argv[2]);
const load = (name) => import(pathToFileURL(createRequire(what.modules + "/").resolve(name)).href);
const { Client } = await load("@modelcontextprotocol/sdk/client/index.js");
const { StreamableHTTPClientTransport } = await load("@modelcontextprotocol/sdk/client/streamableHttp.js");
const { StdioClientTransport } = await load("@modelcontextprotocol/sdk/client/stdio.js");

const headers = { "X-Chela-Token": what.token };
const transport = what.url
    ? new StreamableHTTPClientTransport(new URL(what.url), { requestInit: { headers } })
    : new StdioClientTransport({ command: what.command[0], args: what.command.slice(1), stderr: "inherit" });
const client = new Client({ name: "e2e", version: "1.0.0" }, { capabilities: {} });
await client.connect(transport);
assert.equal(client.getServerVersion().name, "chela");
await client.ping();

const call = (name, args = {}) => client.callTool({ name, arguments: args });
const content = async (name, args) => {
    const result = await call(name, args);
    assert.ok(!result.isError, JSON.stringify(result));
    return result.structuredContent;
};
// The client checks every answer against the tool's output schema.
const { tools } = await client.listTools();
assert.equal(tools.length, 8);
assert.equal((await content("wallet_address")).address.toLowerCase(), what.account.toLowerCase());
await content("balances", { chain: "anvil" });
await content("policy_describe");
await content("budget_status");

const payment = (key, value, to = what.payee) => ({ chain: "anvil", to, value, idempotency_key: key });
const paid = await content("intent_submit", payment("legacy-1", "0.1"));
assert.ok(paid.tx_hash, JSON.stringify(paid));
assert.equal((await content("intent_submit", payment("legacy-1", "0.1"))).intent_id, paid.intent_id);

const held = await content("intent_submit", payment("legacy-2", "2"));
assert.equal(held.state, "awaiting_approval");
assert.match(held.message, /chela approvals approve/);

const denied = await call("intent_submit", payment("legacy-3", "0.1", what.stranger));
assert.equal(denied.isError, true);
assert.match(denied.structuredContent.code, /^E_/);
await assert.rejects(call("import_private_key"), /-32602|no tool/);
await client.close();
console.log("paid, was held and was denied");
