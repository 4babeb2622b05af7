/** Verifies callbacks as a receiver would, with the official library; reads them as JSON and prints what came of each. */
import { readFileSync } from "node:fs";

import { Webhook } from "standardwebhooks";

function verified({ secret, headers, body }) {
  try {
    return { payload: new Webhook(secret).verify(body, headers) };
  } catch (error) {
    return { refused: error.message };
  }
}

console.log(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(verified)));
