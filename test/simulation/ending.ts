// The end of every schedule: faults stop, who has a session comes back, and then nothing may be missing, nor left over.
import type { Client } from "./client.ts";
import { actors } from "./generate.ts";
import { roomySettings } from "./hub.ts";
import { checkDelivered } from "./model/finish.ts";
import { Violation } from "./model/session-life.ts";
import type { World } from "./world.ts";

/** Faults end; who has a session comes back; time passes; then nothing may be missing. */
export function calmDown(world: World): void {
  world.stepName = "calming down";
  world.hub.crashNext = null;
  const { timeline } = world;
  world.network.isCalm = true;
  timeline.runUntil(timeline.now + 3000);
  const reachable = new Set<number>();
  for (const session of world.model.sessions.values()) {
    const client = world.clients[session.client] as Client;
    const { device } = client.identity;
    if (device !== null && world.model.credentials[device]?.gen === null) continue;
    reachable.add(session.client);
    client.generation = device === null ? 1 : (world.generations[device] ?? 1);
    if (!client.link) client.reconnect();
    else client.resume();
  }
  for (let i = 0; i < 3; i++) timeline.runUntil(timeline.now + 5000);
  for (const [topic] of world.model.retained) readRetained(world, topic);
  timeline.runUntil(timeline.now + 5000);
  world.model.now = timeline.now;
  checkDelivered(world.model, reachable, ({ client }) => world.hub.droppedFor(actors[client]?.clientId ?? ""));
  for (const client of world.clients) {
    const waiting = client.isOnline ? client.unacknowledged.size + client.outbox.length : 0;
    if (waiting > 0 && !world.model.limits.loseMessages)
      throw new Violation(`${client.identity.name} still waits for acknowledgements`);
  }
  leave(world);
}

/** Somebody subscribes who must get what is retained. */
function readRetained(world: World, topic: string): void {
  const reader = world.clients.find(({ identity, isOnline }) => isOnline && identity.device === null);
  const request = {
    filter: topic,
    qos: 2 as const,
    noLocal: false,
    retainAsPublished: false,
    retainHandling: 0 as const,
  };
  reader?.subscribe({ do: "subscribe", afterMs: 0, client: reader.index, subscriptionId: null, request });
}

/** Everybody goes, all sessions and wills run out: nothing may be left. */
function leave(world: World): void {
  world.stepName = "the end";
  for (const client of world.clients) client.disconnect(false, 0);
  const { timeline } = world;
  timeline.runUntil(timeline.now + 10_000);
  for (const link of world.network.sockets()) world.network.break(link, { upShare: 0, downShare: 0, hubNotices: true });
  // Somebody looks in: what a crash left behind is settled when the hub is next connected to.
  const visit = { cleanStart: true, sessionExpirySeconds: 0, receiveMaximum: null, maximumPacketBytes: null };
  const plain = { topicAliasMaximum: 0, keepAliveSeconds: 0, will: null };
  world.clients[0]?.connect({ do: "connect", client: 0, ...visit, ...plain }, "");
  timeline.runUntil(timeline.now + 10_000);
  world.clients[0]?.disconnect(false, null);
  timeline.runUntil(timeline.now + 1000 * (roomySettings.maxSessionExpirySeconds + 1000));
  const leftovers = world.hub.leftovers();
  if (Object.keys(leftovers).length > 0) throw new Violation(`rows are left over: ${JSON.stringify(leftovers)}`);
  world.model.now = timeline.now;
  world.model.expireSessions();
  if (world.model.sessions.size > 0) throw new Violation("the model has sessions left");
}
