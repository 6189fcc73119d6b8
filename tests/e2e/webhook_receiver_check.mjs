// Sends to the example receiver what it must take and what it must refuse.
// Usage: node webhook_receiver_check.mjs RECEIVER
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const folder = mkdtempSync(join(tmpdir(), "receiver-"));
const secret = "whsec_of_the_check";
writeFileSync(join(folder, "secret"), `${secret}\n`, { mode: 0o600 });
const receiver = spawn(process.execPath, [process.argv[2], join(folder, "secret")], {
  stdio: ["ignore", "pipe", "inherit"],
});
const lines = createInterface({ input: receiver.stdout })[Symbol.asyncIterator]();
const nextLine = async () => JSON.parse((await lines.next()).value);

const now = Math.floor(Date.now() / 1000);
const sign = (key, timestamp, body) =>
  `v1=${createHmac("sha256", key).update(`${timestamp}.${body}`).digest("hex")}`;
const eventOf = (n) => `{"id":"evt_${n}","type":"transaction.confirmed","sequence":${n},"data":{}}`;

let failed = 0;
let port;
async function expect(name, status, shown, { body, timestamp = now, signature }) {
  const headers = { "X-Chela-Timestamp": `${timestamp}`, "X-Chela-Signature": signature ?? "" };
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body });
  const line = await nextLine();
  const isRight = answer.status === status && Object.entries(shown).every(([k, v]) => line[k] === v);
  if (!isRight) {
    failed += 1;
    console.error(`${name}: HTTP ${answer.status}, ${JSON.stringify(line)}`);
  }
}

try {
  port = (await nextLine()).listening;
  const body = eventOf(1);
  const good = { body, signature: sign(secret, now, body) };
  await expect("a signed event", 204, { again: false, id: "evt_1" }, good);
  await expect("the same once more", 204, { again: true, id: "evt_1" }, good);
  const old = now - 301;
  const stale = { body, timestamp: old, signature: sign(secret, old, body) };
  await expect("a replay after five minutes", 401, { refused: "too old, or from the future" }, stale);
  const early = now + 310;
  const future = { body, timestamp: early, signature: sign(secret, early, body) };
  await expect("one from the future", 401, { refused: "too old, or from the future" }, future);
  await expect("an old body under a new time", 401, { refused: "not signed by chela" }, { ...stale, timestamp: now });
  await expect("another body", 401, { refused: "not signed by chela" }, { ...good, body: eventOf(2) });
  await expect("no signature", 401, { refused: "not signed by chela" }, { body });
  await expect("another secret", 401, { refused: "not signed by chela" }, { body, signature: sign("x", now, body) });
  const both = `${sign("whsec_next", now, eventOf(3))},${sign(secret, now, eventOf(3))}`;
  await expect("one of two signatures", 204, { id: "evt_3" }, { body: eventOf(3), signature: both });
  await expect("no timestamp", 401, { refused: "no timestamp" }, { ...good, timestamp: "soon" });
} finally {
  receiver.kill();
  rmSync(folder, { recursive: true });
}
process.exit(failed === 0 ? 0 : 1);
