// Node-RED's own MQTT nodes, in both versions.
import { describe } from "vitest";
import { describeBehaviour } from "./behaviour.ts";
import { skipWithoutNpmClients } from "./npm-clients.ts";

const { skip, why } = skipWithoutNpmClients();
describe.skipIf(skip)(`Node-RED${why}`, () => {
  for (const version of [4, 5] as const) {
    describeBehaviour("Node-RED", { program: "node-red.mjs", version, qos: [0, 1, 2] });
  }
});
