// What the clients of WebSockets share.
import { strict as assert } from "node:assert";

export const until = async (what, is) => {
    for (let i = 0; i < 300; ++i, await new Promise((wake) => setTimeout(wake, 100))) if (await is()) return;
    assert.fail(`never: ${what}`);
};

/// A function that asks the node behind chela.
export const asker = (url) => async (method, params = []) => {
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
    const { result, error } = await answer.json();
    assert.ok(!error, JSON.stringify(error));
    return result;
};

export const topic = "0x" + "7e".repeat(32);
/// A contract that logs the topic when it is called. @return its address and how it is called
export const logger = async (ask) => {
    const [from] = await ask("eth_accounts");
    // PUSH32 topic, PUSH1 0, PUSH1 0, LOG1, STOP, behind the code that returns it.
    const data = "0x6027600c60003960276000f3" + "7f" + topic.slice(2) + "60006000a100";
    const hash = await ask("eth_sendTransaction", [{ from, data }]);
    let receipt;
    await until("the contract is there", async () => (receipt = await ask("eth_getTransactionReceipt", [hash])));
    return { address: receipt.contractAddress, call: () => ask("eth_sendTransaction", [{ from, to: receipt.contractAddress }]) };
};
