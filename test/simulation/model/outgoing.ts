// Checks every packet that the hub sends against what the model expects: who may have it, once or again, under which packet id.
import { isHubTopic } from "../../../src/domain/access.ts";
import type { Link, Received } from "../link.ts";
import type { PublishPacket } from "../packets.ts";
import type { Model } from "./model.ts";
import { newInstance } from "./route.ts";
import {
  type GroupInstance,
  type Instance,
  type LinkState,
  mayHaveEnded,
  nameOf,
  type SessionLife,
  wasLeft,
} from "./session-life.ts";

type Outgoing = Extract<Received, { type: "publish" }>;

export function checkOutgoing(model: Model, link: Link, packet: Received): void {
  const most = link.connect.maximumPacketBytes;
  if (most !== null && packet.bytes > most)
    model.fail(`a packet of ${packet.bytes} bytes for a client that takes ${most}`);
  if (packet.type === "pubrel" && packet.code === 0 && !link.session?.released.has(packet.id)) {
    model.fail(`PUBREL for packet ${packet.id}, for which no PUBREC has come`);
  }
  if (packet.type !== "publish") return;
  const { session, state } = link;
  if (!session || !state) return model.fail("a message went to somebody who is not connected");
  if (!model.maySubscribe(session, packet.topic)) model.fail(`${packet.topic} went to who may not have it`);
  const instance = findInstance(model, session, packet);
  packet.instance = instance;
  if (packet.qos > 0) enterInFlight(model, session, state, packet, instance);
  checkExpiry(model, link, packet, instance);
}

function findInstance(model: Model, session: SessionLife, packet: Outgoing): Instance {
  if (packet.dup) return findRepeated(model, session, packet);
  if (isHubTopic(packet.topic)) return ofTheHub(model, session, packet);
  const name = nameOf(packet);
  const isIt = (each: Instance) =>
    each.phase === "waiting" && each.qos === packet.qos && nameOf(each.publication) === name;
  const from = packet.qos === 0 ? model.atOnce.filter((each) => each.session === session) : session.instances;
  const waiting = from.filter(isIt);
  const fitting = waiting.filter((each) => hasTime(model, each) && hasHeader(each, packet));
  const found =
    fitting.find(({ must }) => must) ??
    fitting[0] ??
    findGroup(model, session, packet, name) ??
    waiting.find((each) => hasTime(model, each) && !each.must);
  if (found) return begin(model, found, packet);
  if (waiting.some((each) => !hasTime(model, each))) return model.fail(`${packet.payload} had expired`);
  if (waiting[0]) {
    const { retain, subscriptionIds } = waiting[0];
    return model.fail(
      `${packet.payload} went out with retain ${packet.retain} and subscriptions [${packet.subscriptionIds}], not ${retain} and [${subscriptionIds}]`,
    );
  }
  const sent = session.instances.find((each) => nameOf(each.publication) === name);
  if (sent?.isDoubtful && sent.phase === "sent" && sent.qos === packet.qos) return sent;
  if (sent && sent.phase !== "waiting")
    return model.fail(`${packet.payload} was sent to ${who(session)} again as if it were new`);
  return model.fail(`${packet.payload} went to ${who(session)} at QoS ${packet.qos}, who should not get it like that`);
}

function hasTime(model: Model, { expiresAt }: Instance | GroupInstance): boolean {
  return expiresAt === null || expiresAt > model.now;
}

export function who(session: SessionLife): string {
  return `session ${session.number} of client ${session.client}`;
}

function hasHeader(instance: Instance, packet: PublishPacket): boolean {
  return instance.retain === packet.retain && `${instance.subscriptionIds}` === idsFor(instance, packet);
}

/** A 3.1.1 client is told no identifiers. */
function idsFor(instance: Instance, packet: PublishPacket): string {
  const is4 = instance.session.link?.version === 4;
  return is4 ? `${instance.subscriptionIds}` : `${packet.subscriptionIds}`;
}

function begin(model: Model, instance: Instance, packet: PublishPacket): Instance {
  // After a crash the hub cannot know whether it had sent a message, and has to go on with it.
  const isLate = instance.expiresAt !== null && instance.expiresAt <= model.now;
  if (isLate && !packet.dup) model.fail(`${packet.payload} had expired`);
  instance.phase = instance.qos === 0 ? "done" : "sent";
  instance.sentOrder = ++model.sendOrder;
  instance.packetId = packet.id;
  return instance;
}

function findRepeated(model: Model, session: SessionLife, packet: Outgoing): Instance {
  const name = nameOf(packet);
  const known = session.instances.filter((each) => nameOf(each.publication) === name && each.qos === packet.qos);
  const sent = known.find((each) => each.phase === "sent" && each.packetId === packet.id);
  if (sent) return sent;
  const wasReleased = known.find(
    (each) => each.phase !== "sent" && each.phase !== "waiting" && each.packetId === packet.id,
  );
  // After a crash the hub cannot know what it had sent, and repeats all of it.
  if (session.hasCrashed) {
    const waiting = known.filter((each) => each.phase === "waiting");
    const found =
      waiting.find((each) => hasHeader(each, packet)) ?? findGroup(model, session, packet, name) ?? waiting[0];
    if (found) return begin(model, found, packet);
    if (isHubTopic(packet.topic)) return ofTheHub(model, session, packet);
  }
  if (wasReleased) return model.fail(`${packet.payload} was repeated after it had been acknowledged`);
  return model.fail(`${packet.payload} was repeated to ${who(session)} as packet ${packet.id}, never sent like that`);
}

/** What the hub says by itself is not foretold. */
function ofTheHub(model: Model, session: SessionLife, packet: Outgoing): Instance {
  const { payload, topic, qos, retain } = packet;
  const publication = { payload, topic, qos, retain, expirySeconds: null, publisher: "hub" };
  const instance = newInstance(model, ++model.seq, publication, session, {
    qos,
    retain,
    subscriptionIds: packet.subscriptionIds,
    must: false,
    isStored: true,
  });
  session.instances.push(instance);
  return begin(model, instance, packet);
}

function findGroup(model: Model, session: SessionLife, packet: Outgoing, name: string): Instance | null {
  const groups = model.groups
    .filter(({ publication }) => nameOf(publication) === name)
    .toSorted((a, b) => Number(hasTime(model, b)) - Number(hasTime(model, a)));
  const own = groups.filter((group) => canCarry(model, group, session, packet));
  if (own.length === 0) return null;
  // By which of several groups a member got it cannot always be told.
  const group = [...own, ...groups].find((each) => mayTake(model, each, packet));
  if (!group) return null;
  const instance = newInstance(model, group.seq, group.publication, session, {
    qos: packet.qos,
    retain: packet.retain,
    subscriptionIds: packet.subscriptionIds,
    must: false,
    isStored: false,
  });
  Object.assign(instance, { group, expiresAt: group.expiresAt });
  group.instances.push(instance);
  session.instances.push(instance);
  return instance;
}

/** Whether a message may come to this member by this group, looking like that: by its options then, or by those of now. */
function canCarry(model: Model, group: GroupInstance, session: SessionLife, packet: Outgoing): boolean {
  const then = group.options.get(session);
  const now = session.subscriptions.get(group.filter);
  if (!then && !wasLeft(group, model.now)) return false;
  return [then, now].some((subscription) => {
    if (!subscription) return false;
    if (subscription.isDoubtful) return true;
    const { qos, retainAsPublished, subscriptionId } = subscription;
    // What another member did not acknowledge is passed on at the QoS it had there.
    const isPassedOn = wasLeft(group, model.now) && packet.qos <= 1;
    if (packet.qos !== Math.min(group.publication.qos, qos) && !isPassedOn) return false;
    if (packet.retain !== (group.publication.retain && retainAsPublished) && !isPassedOn) return false;
    return session.link?.version === 4 || `${packet.subscriptionIds}` === `${subscriptionId ?? ""}`;
  });
}

/** Whether one more member may be sent it: the first one, or at QoS 1 another one when the session before has ended. */
function mayTake(model: Model, group: GroupInstance, packet: PublishPacket): boolean {
  const last = group.instances.at(-1);
  if (!last) return packet.qos > 0 || group.eventNumber === model.eventNumber || wasLeft(group, model.now);
  const isOver = mayHaveEnded(last.session, model.now) || !last.session.subscriptions.has(group.filter);
  return isOver && last.qos === 1 && packet.qos <= 1;
}

function enterInFlight(
  model: Model,
  session: SessionLife,
  state: LinkState,
  packet: Outgoing,
  instance: Instance,
): void {
  const { id } = packet;
  if (state.inFlight.has(id) || (session.released.has(id) && session.released.get(id) !== instance)) {
    model.fail(`packet id ${id} is in use already`);
  }
  if (instance.packetId !== id && !instance.isDoubtful) {
    model.fail(`${packet.payload} was repeated as packet ${id}, not as ${instance.packetId}`);
  }
  instance.packetId = id;
  if (packet.dup && instance.sentOrder < state.lastDupOrder) model.fail(`${packet.payload} was repeated out of order`);
  if (packet.dup) state.lastDupOrder = instance.sentOrder;
  state.inFlight.set(id, instance);
  if (state.inFlight.size > state.receiveMaximum)
    model.fail(`more than ${state.receiveMaximum} messages are in flight`);
}

function checkExpiry(model: Model, link: Link, packet: Outgoing, instance: Instance): void {
  // Of equal messages it cannot be told which one was dropped.
  if (link.version === 4 || link.session?.isLossy) return;
  const left = secondsLeft(model, instance);
  if (packet.expirySeconds === left) return;
  // Nor which is which, if the publisher repeated one later.
  const name = nameOf(packet);
  const equal = [...instance.session.instances, ...model.groups].filter((each) => nameOf(each.publication) === name);
  if (equal.some((each) => packet.expirySeconds === secondsLeft(model, each))) return;
  model.fail(`${packet.payload} went out with an expiry of ${packet.expirySeconds} s where ${left} s are left`);
}

function secondsLeft(model: Model, { expiresAt }: Instance | GroupInstance): number | null {
  return expiresAt === null ? null : Math.max(0, Math.ceil((expiresAt - model.now) / 1000));
}
