// What the steps of a schedule do.
import { deviceIds, generations } from "./identities.ts";
import { applyCredential } from "./model/receive.ts";
import { checkPresence } from "./model/events.ts";
import { route } from "./model/route.ts";
import { nameOf, type Publication, Violation } from "./model/session-life.ts";
import type { PublishPacket } from "./packets.ts";
import { grantsByName, type PublishStep, type Step } from "./schedule.ts";
import type { World } from "./world.ts";

/** Does one step of a schedule. */
export function perform(world: World, step: Step): void {
  const client = "client" in step ? world.clients[step.client] : undefined;
  switch (step.do) {
    case "connect": {
      const device = client?.identity.device ?? null;
      if (client && device !== null) client.generation = world.generations[device] ?? 1;
      if (client?.link) world.network.abandon(client.link);
      return client?.connect(step, step.will ? `w${world.stepNumber} of client ${step.client}` : "");
    }
    case "publish":
      return client?.publish(messages(world, step), step.withAlias);
    case "hoard":
      return hoard(world, step);
    case "subscribe":
    case "unsubscribe":
      return client?.subscribe(step);
    case "disconnect":
      return client?.disconnect(step.withWill, step.sessionExpirySeconds);
    case "break":
      if (client?.link) world.network.break(client.link, step);
      return;
    case "pause":
      if (client) client.isPaused = true;
      return;
    case "resume":
      return client?.resume();
    case "evict":
      world.model.now = world.timeline.now;
      world.model.forgotten();
      return world.hub.evict();
    case "crash":
      if (step.when === "now") return world.crash(step.share);
      world.hub.crashNext = step.when;
      world.crashShare = step.share;
      return;
    case "publish by API":
      return publishByApi(world, step);
    case "ask presence": {
      const event = world.happen("presence", null, [], () => world.hub.isOnline(deviceIds[step.device] ?? ""));
      if (event.committed && !event.crashed) checkPresence(world.model, step.device, event.value === true);
      return;
    }
    default:
      return changeCredential(world, step);
  }
}

function newPublication(world: World, given: Omit<Publication, "payload">, padding: number): Publication {
  const publication = {
    ...given,
    payload: `m${++world.publications}${padding > 0 ? ` ${"x".repeat(padding)}` : ""}`,
  };
  world.model.publications.set(nameOf(publication), publication);
  return publication;
}

/** As much as a client can make the hub remember: long filters, long topics behind aliases, messages that are not released. */
function hoard(
  world: World,
  { client: index, filters, messages: count, length }: Extract<Step, { do: "hoard" }>,
): void {
  const client = world.clients[index];
  if (!client?.isOnline) return;
  const long = (i: number) => `shared/${"ж".repeat(length)}${i}`;
  const plain = { qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
  const requests = Array.from({ length: filters }, (_, i) => ({ ...plain, filter: long(i) }));
  client.subscribeAll([...requests, { ...plain, filter: "shared/a" }]);
  client.hoard();
  const common = {
    do: "publish",
    client: index,
    retain: false,
    expirySeconds: null,
    isEmpty: false,
    padding: 0,
    count: 1,
  } as const;
  for (let i = 0; i < Math.min(filters, 10); i++) {
    client.publish(messages(world, { ...common, topic: long(i), qos: 1, withAlias: true }), true);
  }
  client.publish(messages(world, { ...common, topic: "shared/a", qos: 2, withAlias: false, count }), false);
  client.publish(messages(world, { ...common, topic: "shared/b", qos: 0, withAlias: false, padding: 4000 }), false);
}

function messages(world: World, step: PublishStep): PublishPacket[] {
  const { topic, qos, isEmpty } = step;
  const version = world.schedule.versions[step.client] ?? 5;
  const retain = step.retain || isEmpty;
  const expirySeconds = version === 5 ? step.expirySeconds : null;
  return Array.from({ length: step.count }, () => {
    const given = { topic, qos, retain, expirySeconds, publisher: `client ${step.client}` };
    const publication = isEmpty ? { ...given, payload: "" } : newPublication(world, given, step.padding);
    world.model.publications.set(nameOf(publication), publication);
    const { payload } = publication;
    return {
      type: "publish",
      topic,
      payload,
      qos,
      retain,
      dup: false,
      id: 0,
      expirySeconds,
      alias: null,
      subscriptionIds: [],
    };
  });
}

function publishByApi(world: World, { topic, qos, retain }: Extract<Step, { do: "publish by API" }>): void {
  const publication = newPublication(world, { topic, qos, retain, expirySeconds: null, publisher: "API" }, 0);
  const call = () => world.hub.publish(topic, publication.payload, qos, retain);
  let value: unknown = null;
  world.happen(
    "publish",
    null,
    [],
    () => {
      const event = call();
      value = event.value;
      return event;
    },
    () => {
      if (value !== null) route(world.model, publication, null);
      else if (!world.model.limits.retainedAreUncertain) throw new Violation("the API was refused");
    },
  );
}

function changeCredential(world: World, step: Extract<Step, { device: number }>): void {
  const { device } = step;
  const known = world.model.credentials[device];
  if (!known) return;
  const next = { ...known, version: known.version + 1 };
  if (step.do === "revoke") next.gen = null;
  else if (step.do === "readmit") {
    if ((world.generations[device] ?? 1) >= generations) return;
    next.gen = (world.generations[device] ?? 1) + 1;
  } else if (step.do === "grant") next.grants = grantsByName[step.grants];
  const state = { subject: deviceIds[device] ?? "", ...next };
  world.happen(
    "credentials",
    null,
    [],
    () => world.hub.applyCredentials([state]),
    () => {
      if (next.gen !== null) world.generations[device] = next.gen;
      world.model.credentials[device] = next;
      applyCredential(world.model, device);
    },
  );
}
