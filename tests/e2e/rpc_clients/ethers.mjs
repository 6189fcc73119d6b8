// A provider and signer of ethers' that hold no key. Usage: ethers.mjs NODE_MODULES URL TOKEN ACCOUNT PAYEE STRANGER
import { createRequire } from "node:module";
import { strict as assert } from "node:assert";

const [modules, url, token, account, payee, stranger] = process.argv.slice(2);
const { FetchRequest, JsonRpcProvider, parseEther } = createRequire(modules + "/")("ethers");

const request = new FetchRequest(url);
request.setHeader("X-Chela-Token", token);
const provider = new JsonRpcProvider(request, undefined, { polling: true });
provider.pollingInterval = 100;
const signer = await provider.getSigner(0);
assert.equal((await signer.getAddress()).toLowerCase(), account.toLowerCase());

const sent = await signer.sendTransaction({ to: payee, value: parseEther("0.1") });
const receipt = await sent.wait();
assert.equal(receipt.status, 1);
assert.equal(receipt.from.toLowerCase(), account.toLowerCase());

// What the agent may not do is what a user would have rejected.
const denied = await signer.sendTransaction({ to: stranger, value: 1n }).then(() => assert.fail("it was not denied"), (error) => error);
assert.equal(denied.code, "ACTION_REJECTED", String(denied));
await assert.rejects(signer.signMessage("hello"), { code: "ACTION_REJECTED" });
provider.destroy();
console.log("ethers: paid and was denied");
