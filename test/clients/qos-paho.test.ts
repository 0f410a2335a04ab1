// Paho's clients: Debian's for Python in both versions, npm's for browsers in 3.1.1, which is all it speaks.
import { describe } from "vitest";
import { pahoPython, skipWithout } from "../support/debian-packages.ts";
import { describeBehaviour } from "./behaviour.ts";
import { skipWithoutNpmClients } from "./npm-clients.ts";

const python = skipWithout(pahoPython);
describe.skipIf(python.skip)(`python3-paho-mqtt${python.why}`, () => {
  for (const version of [4, 5] as const) {
    describeBehaviour("paho for Python", { program: "paho-python.py", version, qos: [0, 1, 2] });
  }
});

const npm = skipWithoutNpmClients();
describe.skipIf(npm.skip)(`paho-mqtt of npm${npm.why}`, () => {
  // It does not tell whether a session was present.
  const paho = { program: "paho-js.mjs", version: 4, qos: [0, 1, 2], saysSessionPresent: false } as const;
  describeBehaviour("paho for JavaScript", { ...paho, qos: [...paho.qos] });
});
