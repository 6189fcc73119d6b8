#!/usr/bin/env node
// The compiler from npm, spoken to as Foundry speaks to the native one. Environment: CHELA_NODE_MODULES.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const solc = createRequire(process.env.CHELA_NODE_MODULES + "/")("solc");
if (process.argv.includes("--version")) {
    // Foundry reads the number and the commit, and takes a platform that it knows.
    console.log("Version: " + solc.version().replace("Emscripten.clang", "Linux.g++"));
} else {
    console.log(solc.compile(readFileSync(0, "utf8")));
}
