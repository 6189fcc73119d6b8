// Hands requests on with the client token, which `forge script` cannot be told to bring. Prints its port.
// Usage: with_token.mjs URL TOKEN
import { createServer, request } from "node:http";

const [url, token] = process.argv.slice(2);
const server = createServer((asked, answer) => {
    const headers = { "Content-Type": "application/json", "X-Chela-Token": token };
    const onward = request(url, { method: asked.method, headers }, (answered) => {
        answer.writeHead(answered.statusCode, { "Content-Type": "application/json" });
        answered.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
