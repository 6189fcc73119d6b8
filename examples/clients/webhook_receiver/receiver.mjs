// Takes chela's webhooks: proves each to be chela's, fresh and new, and prints it as one JSON line.
// Usage: node receiver.mjs SECRET_FILE [PORT]   (needs Node 18 and nothing else)
import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const MAX_BODY = 64 * 1024;
const MAX_AGE_SECONDS = 5 * 60;
const MAX_REMEMBERED = 10_000;

const [secretFile, port = "0"] = process.argv.slice(2);
const secret = readFileSync(secretFile, "utf8").trim();
const seen = new Set();

/** The first signature that matches is enough: during a rotation there are two. */
function isSigned(timestamp, body, header) {
  const expected = createHmac("sha256", secret).update(`${timestamp}.`).update(body).digest();
  let matches = false;
  for (const part of header.split(",")) {
    const hex = /^v1=([0-9a-f]{64})$/.exec(part.trim())?.[1];
    if (hex && timingSafeEqual(Buffer.from(hex, "hex"), expected)) matches = true;
  }
  return matches;
}

/** @returns what is wrong, or nothing */
function problemOf(headers, body) {
  const timestamp = headers["x-chela-timestamp"] ?? "";
  if (!/^\d{1,12}$/.test(timestamp)) return "no timestamp";
  if (!isSigned(timestamp, body, headers["x-chela-signature"] ?? "")) return "not signed by chela";
  // Only now is the timestamp known to be chela's.
  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  return age > MAX_AGE_SECONDS ? "too old, or from the future" : undefined;
}

/** The id in the signed body counts, not the header's. @returns was it there before? */
function remember(id) {
  if (seen.has(id)) return true;
  seen.add(id);
  // A program that must never act twice keeps the ids with its own data, in one transaction.
  if (seen.size > MAX_REMEMBERED) seen.delete(seen.values().next().value);
  return false;
}

function take(request, response, body) {
  const problem = problemOf(request.headers, body);
  if (problem) {
    console.log(JSON.stringify({ refused: problem }));
    return response.writeHead(401).end();
  }
  const event = JSON.parse(body.toString("utf8"));
  console.log(JSON.stringify({ again: remember(event.id), ...event }));
  // Answer first, work later: chela waits for ten seconds.
  response.writeHead(204).end();
}

const server = createServer((request, response) => {
  const chunks = [];
  let size = 0;
  request.on("data", (chunk) => {
    size += chunk.length;
    if (size > MAX_BODY) return request.destroy();
    chunks.push(chunk); // the very bytes: JSON that was parsed and written again is not signed
  });
  request.on("end", () => take(request, response, Buffer.concat(chunks)));
});
server.listen(Number(port), "127.0.0.1", () => {
  console.log(JSON.stringify({ listening: server.address().port }));
});
