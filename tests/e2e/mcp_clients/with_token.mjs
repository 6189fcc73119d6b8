// Puts a client token on every request: the conformance suite cannot. Prints its port and runs until it is ended.
// Usage: with_token.mjs PORT TOKEN
import http from "node:http";

const [port, token] = process.argv.slice(2);
const server = http.createServer((request, response) => {
    const headers = { ...request.headers, "x-chela-token": token };
    const onwards = http.request({ host: "127.0.0.1", port, path: request.url, method: request.method, headers }, (answer) => {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
    });
    onwards.on("error", () => response.destroy());
    request.pipe(onwards);
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
