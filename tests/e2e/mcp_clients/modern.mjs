// The protocol's own client of today, revision 2026-07-28. Usage: modern.mjs WHAT (a JSON object, see mcp_test.cpp)
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";

const what = JSON.parse(process.argv[2]);
const load = (name) => import(pathToFileURL(createRequire(what.modules + "/").resolve(name)).href);
const { Client, StreamableHTTPClientTransport } = await load("@modelcontextprotocol/client");
const { StdioClientTransport } = await load("@modelcontextprotocol/client/stdio");

const headers = { "X-Chela-Token": what.token };
const transport = what.url
    ? new StreamableHTTPClientTransport(new URL(what.url), { requestInit: { headers } })
    : new StdioClientTransport({ command: what.command[0], args: what.command.slice(1), stderr: "inherit" });

const client = new Client({ name: "e2e", version: "1.0.0" }, {
    capabilities: { elicitation: { form: {} } },
    versionNegotiation: { mode: { pin: "2026-07-28" } },
});
// The person at the client sees what is waited for; an operator approves it elsewhere.
let asked = 0;
client.setRequestHandler("elicitation/create", async ({ params }) => {
    asked += 1;
    const approval = params.message.match(/chela approvals approve ([0-9a-f-]+)/)[1];
    execFileSync(what.operator, ["approvals", "approve", approval, "--reason", "e2e", "--dir", what.dir, "--key-file", what.operator_key]);
    return { action: "accept", content: {} };
});
await client.connect(transport);

const call = (name, args = {}) => client.callTool({ name, arguments: args });
const content = async (name, args) => {
    const result = await call(name, args);
    assert.ok(!result.isError, JSON.stringify(result));
    return result.structuredContent;
};
const { tools } = await client.listTools();
assert.equal(tools.length, 8);
assert.equal((await content("wallet_address")).address.toLowerCase(), what.account.toLowerCase());
const { native, tokens } = await content("balances", { chain: "anvil", tokens: [what.payee] });
assert.ok(BigInt(native.wei) > 0n);
assert.match(tokens[0].problem, /no token/);
await content("policy_describe");
await content("budget_status");

const payment = (key, value, to = what.payee) => ({ chain: "anvil", to, value, idempotency_key: key });
const { idempotency_key, ...tried } = payment("x", "0.1");
assert.equal((await content("intent_simulate", tried)).status, "success");
const paid = await content("intent_submit", payment("modern-1", "0.1"));
assert.ok(paid.tx_hash, JSON.stringify(paid));
assert.equal((await content("intent_submit", payment("modern-1", "0.1"))).intent_id, paid.intent_id);
assert.equal((await content("intent_status", { intent_id: paid.intent_id })).tx_hash, paid.tx_hash);

const held = await content("intent_submit", payment("modern-2", "2"));
assert.equal(asked, 1, "a person was asked");
assert.ok(held.tx_hash, JSON.stringify(held));

const denied = await call("intent_submit", payment("modern-3", "0.1", what.stranger));
assert.equal(denied.isError, true);
assert.match(denied.structuredContent.code, /^E_/);
assert.ok(denied.structuredContent.intent_id);
await client.close();
console.log("paid twice, was held and was denied");
