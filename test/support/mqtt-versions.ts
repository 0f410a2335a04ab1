// What tests of both versions of MQTT have in common.
import { describe } from "vitest";
import { evictions, type TestHub } from "./hub.ts";

export type Version = 4 | 5;
export const versions: [string, Version][] = [
  ["MQTT 3.1.1", 4],
  ["MQTT 5", 5],
];

type Step = (hub: TestHub) => Promise<void>;

/** A suite of scenarios with state: for both versions, each as it is and with the hub evicted between any two steps. */
export function describeBoth(what: string, scenarios: (version: Version, step: Step) => void): void {
  for (const [name, version] of versions) {
    describe.each(evictions)(`${what}, ${name}, hub %s`, (_, step) => scenarios(version, step));
  }
}

/** CONNECT's options for a session that outlives its connection. */
export function persistent(version: Version, sessionExpiryInterval = 600) {
  if (version === 4) return { protocolVersion: 4 as const, clean: false };
  return { protocolVersion: 5 as const, clean: false, properties: { sessionExpiryInterval } };
}
