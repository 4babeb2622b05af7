/** Reads callbacks as JSON, gives each to the example of the documentation, and prints what that makes of them. */
import { readFileSync } from "node:fs";

import { readCallback } from "./sample.mjs";

const callbacks = JSON.parse(readFileSync(0, "utf8"));
const events = callbacks.map(({ secret, headers, body }) => readCallback(secret, headers, Buffer.from(body, "base64")));
console.log(JSON.stringify(events.map((event) => event !== null)));
