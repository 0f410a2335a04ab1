// Devices of a virtual hub that go by a model and tags, and what configurations make of them.
import { noGrants } from "../../src/domain/access.ts";
import type { Configuration, ConfigurationCall } from "../../src/domain/configurations/configuration.ts";
import { newId } from "../../src/domain/ids.ts";
import { unwrap } from "../../src/errors.ts";
import { inVirtualHub, type VirtualHub } from "./virtual-hub.ts";

type About = { model?: string | null; tags?: string[] };

export function configurationOf(given: Partial<Configuration>, now: number): Configuration {
  const made = { id: newId("cfg"), version: 1, author: "usr_a", createdAt: now, updatedAt: now };
  return {
    kind: "tag",
    key: "garden",
    shadowName: null,
    desired: {},
    schema: null,
    checkInSeconds: null,
    ...made,
    ...given,
  };
}

/** A virtual hub with devices that go by something. */
export class Fleet {
  readonly hub: VirtualHub;
  #version = 1;
  constructor(hub: VirtualHub) {
    this.hub = hub;
  }

  place(about: About, id = newId("dev")): string {
    this.placeAll([id], about);
    return id;
  }

  placeAll(ids: string[], { model = null, tags = [] }: About): void {
    const about = { name: "Lamp", model, tags };
    const version = this.#version++;
    const states = ids.map((subject) => ({ subject, version, gen: 1, grants: noGrants, about }));
    this.hub.broker.applyCredentials(states);
    this.hub.broker.during(() => this.hub.parts.configurations.credentialsChanged(states, "usr_d"));
  }

  ask(call: ConfigurationCall) {
    return this.hub.broker.during(() => this.hub.parts.configurations.answer(call));
  }

  make(given: Partial<Configuration>): Configuration {
    const configuration = configurationOf(given, this.hub.now);
    unwrap(this.ask({ type: "create", configuration }));
    return configuration;
  }

  change({ id }: Configuration, desired: Configuration["desired"]) {
    return this.ask({ type: "change", id, version: null, change: { desired }, author: "usr_b", now: this.hub.now });
  }

  status({ id }: Configuration) {
    return JSON.parse(unwrap(this.ask({ type: "status", id })));
  }

  shadow(deviceId: string, name: string | null = null) {
    const calls = this.hub.parts.shadows;
    const view = JSON.parse(unwrap(this.hub.broker.during(() => calls.get({ deviceId, name }))));
    return { desired: view.state.desired, version: view.version };
  }

  history(deviceId: string) {
    return JSON.parse(unwrap(this.hub.parts.shadows.history({ deviceId, name: null })));
  }

  set(deviceId: string, state: object) {
    const body = new TextEncoder().encode(JSON.stringify({ state }));
    return this.hub.broker.during(() => this.hub.parts.shadows.update({ deviceId, name: null }, body, "usr_c"));
  }
}

/** Larger than 5 KB, with something of its own. */
export const large = (own: string) => ({ own, list: Array.from({ length: 5 }, (_, i) => `${i}`.repeat(1000)) });

/** What may happen to a hub between any two events. */
export const pauses: [string, (hub: VirtualHub) => void][] = [
  ["awake", () => {}],
  ["evicted between any two steps", (hub) => hub.evict()],
  ["crashed between any two steps", (hub) => hub.crash()],
];

export const onFleet = (act: (fleet: Fleet) => Promise<void> | void) => () =>
  inVirtualHub(async (hub) => void (await act(new Fleet(hub))));
