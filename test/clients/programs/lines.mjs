// What the client programs here have in common: they get their options in CLIENT (JSON, see ../client-program.ts), say
// what happens as one JSON object a line on standard output, and obey commands of the same form on standard input.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

/** `{url, password, version, clientId, isPersistent, will?: {topic, text, qos, retain}}` */
export const options = JSON.parse(process.env.CLIENT ?? "{}");

/** Loads a package of ../npm. */
export const requireClient = createRequire(new URL("../npm/package.json", import.meta.url));

export function say(event, fields = {}) {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`);
}

/** `commands` has a function for each of subscribe, publish and disconnect. */
export function obey(commands) {
  createInterface({ input: process.stdin }).on("line", (line) => {
    const { do: name, ...rest } = JSON.parse(line);
    Promise.resolve(commands[name](rest)).catch((error) => say("failed", { command: name, why: String(error) }));
  });
}
