// What the clients' packets mean to the model, read together with what the hub answered within the same event.
import { deviceIds, type Identity, holderOf, passwordOf } from "../identities.ts";
import { actors } from "../generate.ts";
import type { Link, Received } from "../link.ts";
import type { ClientPacket, ConnectPacket, PublishPacket, SubscribePacket } from "../packets.ts";
import { property } from "../packets.ts";
import type { Model } from "./model.ts";
import { expectRetained, route, sharedFilter } from "./route.ts";
import { nameOf, type SessionLife } from "./session-life.ts";

export type Answers = Received[];

const badUserNameOrPassword = [0x86, 4];
const notAuthorized = [0x87, 5];

/** One packet of an accepted client. False: the hub did not get to it, because it ended the connection. */
export function receive(model: Model, link: Link, packet: ClientPacket, answers: Answers): boolean {
  const { session, state } = link;
  if (!session || !state) return false;
  const answer = (type: Received["type"], id: number) =>
    answers.find((each) => each.type === type && "id" in each && each.id === id);
  switch (packet.type) {
    case "publish":
      return publish(model, link, session, packet, answer(packet.qos === 1 ? "puback" : "pubrec", packet.id));
    case "puback": {
      const instance = state.inFlight.get(packet.id);
      if (instance) instance.phase = "done";
      state.inFlight.delete(packet.id);
      return true;
    }
    case "pubrec": {
      const instance = state.inFlight.get(packet.id) ?? session.released.get(packet.id);
      if (!answer("pubrel", packet.id)) return false;
      if (instance && instance.phase === "sent") {
        instance.phase = "released";
        session.released.set(packet.id, instance);
      }
      return true;
    }
    case "pubcomp": {
      const instance = session.released.get(packet.id);
      if (instance) instance.phase = "done";
      session.released.delete(packet.id);
      state.inFlight.delete(packet.id);
      return true;
    }
    case "pubrel":
      if (!answer("pubcomp", packet.id)) return false;
      session.received.delete(packet.id);
      return true;
    case "subscribe":
      return subscribe(model, session, packet, answer("suback", packet.id));
    case "unsubscribe":
      if (!answer("unsuback", packet.id)) return false;
      session.subscriptions.delete(packet.filter);
      return true;
    case "pingreq":
      return answers.some(({ type }) => type === "pingresp");
    case "disconnect":
      state.hasSaidGoodbye = packet.code === 0;
      state.goodbyeExpirySeconds = packet.sessionExpirySeconds;
      model.closing.set(link, { code: null, why: "the client said goodbye" });
      return true;
    default:
      return true;
  }
}

function publish(model: Model, link: Link, session: SessionLife, packet: PublishPacket, answer?: Received): boolean {
  const { topic, payload, qos, retain, expirySeconds } = packet;
  const nameless = { topic, payload, qos, retain, expirySeconds, publisher: `client ${link.client}` };
  const publication = payload === "" ? nameless : model.publications.get(nameOf(packet));
  if (!publication) return model.fail(`unknown publication ${packet.payload}`);
  const isAllowed = model.mayPublish(session, packet.topic);
  if (packet.qos === 0) {
    if (isAllowed) route(model, publication, session, !model.limits.loseMessages);
    return true;
  }
  if (!answer || !("code" in answer)) return false;
  if (packet.qos === 2 && session.received.has(packet.id)) {
    if (answer.code >= 0x80) model.fail(`PUBREC ${answer.code} for a repeated message that was accepted before`);
    return true;
  }
  const { code } = answer;
  // In 3.1.1 a refusal looks like success; the message may come again when its sender has the right.
  if (packet.qos === 2 && code < 0x80 && isAllowed) session.received.add(packet.id);
  if (link.version === 4) {
    if (isAllowed) route(model, publication, session);
    return true;
  }
  if (code >= 0x80) {
    const isRight = isAllowed ? code === 0x97 && model.limits.loseMessages : code === 0x87;
    const isFull = isAllowed && code === 0x97 && packet.retain && model.limits.retainedAreUncertain;
    if (!isRight && !isFull && !(code === 0x97 && model.limits.loseMessages)) {
      model.fail(`${answer.type} ${code} for a message that ${isAllowed ? "may" : "may not"} be published`);
    }
    return true;
  }
  if (!isAllowed) model.fail(`a message to ${packet.topic} was accepted from who may not publish there`);
  const someoneMust = route(model, publication, session);
  if (code === 0x10 && someoneMust) model.fail(`"no matching subscribers" for ${packet.payload}, which has some`);
  return true;
}

function subscribe(model: Model, session: SessionLife, packet: SubscribePacket, answer?: Received): boolean {
  if (!answer || answer.type !== "suback") return false;
  packet.subscriptions.forEach((request, i) => {
    const { filter, retainHandling } = request;
    const isAllowed = model.maySubscribe(session, sharedFilter(filter) ?? filter);
    const code = answer.codes[i];
    if (code === undefined) return model.fail("SUBACK has too few codes");
    if (code >= 0x80) {
      if (isAllowed && !model.limits.refuseSubscriptions) model.fail(`${filter} was refused with ${code}`);
      return;
    }
    if (!isAllowed) model.fail(`${filter} was granted to who may not subscribe to it`);
    if (code !== request.qos) model.fail(`${filter} was granted at QoS ${code} instead of ${request.qos}`);
    const before = session.subscriptions.get(filter);
    const { subscriptionId } = packet;
    const since = model.eventNumber;
    const made = { ...request, subscriptionId, isDoubtful: false, since };
    session.subscriptions.set(filter, made);
    if (sharedFilter(filter) !== null) return;
    const isNew = !before || before.isDoubtful;
    if (retainHandling === 0 || (retainHandling === 1 && isNew)) {
      expectRetained(model, session, made, retainHandling === 0 || !before?.isDoubtful);
    }
  });
  return true;
}

/** CONNECT, read together with its CONNACK. */
export function connect(model: Model, link: Link, who: Identity, packet: ConnectPacket, answers: Answers): boolean {
  const connack = answers[0];
  if (!connack) return false;
  if (connack.type !== "connack") return model.fail(`the first packet to a client was ${connack.type}`);
  const { device } = who;
  const credential = device === null ? null : model.credentials[device];
  const isListed = !credential || (credential.gen !== null && passwordOf(who, credential.gen) === packet.password);
  const holderId = holderOf(who);
  const key = `${device === null ? "app" : holderId} ${packet.clientId}`;
  const session = newLife(model, link, key, holderId, device);
  const mayHaveWill = !packet.will || model.mayPublish(session, packet.will.topic);
  if (connack.code !== 0) {
    const isRight = isListed
      ? !mayHaveWill && notAuthorized.includes(connack.code)
      : badUserNameOrPassword.includes(connack.code);
    if (!isRight && !(model.limits.refuseSessions && [0x97, 3].includes(connack.code))) {
      model.fail(`CONNACK ${connack.code} for ${who.name}`);
    }
    model.closing.set(link, { code: null, why: "CONNECT was refused" });
    return true;
  }
  if (!isListed) model.fail(`${who.name} was let in with a credential that is not listed`);
  if (!mayHaveWill) model.fail(`a will to ${packet.will?.topic} was accepted from who may not publish there`);
  const earlier = model.sessions.get(key) ?? null;
  link.beganSession = !connack.sessionPresent;
  link.session = chooseSession(model, earlier, session, packet.cleanStart, connack.sessionPresent);
  enter(model, link, link.session, packet, connack.properties);
  return true;
}

function newLife(model: Model, link: Link, key: string, holderId: string, device: number | null): SessionLife {
  return {
    number: ++model.lives,
    key,
    client: link.client,
    holderId,
    device,
    link,
    hasEnded: false,
    expirySeconds: 0,
    endsAtLeast: 0,
    endsAtMost: 0,
    subscriptions: new Map(),
    received: new Set(),
    instances: [],
    released: new Map(),
    lastArrivals: new Map(),
    hasCrashed: false,
    noticedAt: null,
    isLossy: false,
    isForSmallPackets: false,
  };
}

function chooseSession(
  model: Model,
  earlier: SessionLife | null,
  fresh: SessionLife,
  cleanStart: boolean,
  isPresent: boolean,
): SessionLife {
  const mayGoOn = earlier !== null && !cleanStart && earlier.expirySeconds > 0;
  const mustGoOn = mayGoOn && (earlier.link !== null || model.now < earlier.endsAtLeast);
  if (isPresent && !mayGoOn) model.fail(`CONNACK says that a session is present, and there is none`);
  if (!isPresent && mustGoOn) model.fail(`CONNACK says that no session is present, and there is one`);
  const taken = earlier?.link ?? null;
  if (taken) model.closing.set(taken, { code: 0x8e, why: "the client connected again" });
  if (earlier && isPresent) return earlier;
  if (earlier) model.endSession(earlier);
  return fresh;
}

function enter(
  model: Model,
  link: Link,
  session: SessionLife,
  packet: ConnectPacket,
  properties: Map<number, number>,
): void {
  const most = model.limits.maxSessionExpirySeconds;
  const asked = packet.version === 5 ? packet.sessionExpirySeconds : packet.cleanStart ? 0 : most;
  session.expirySeconds = Math.min(asked, most);
  if (packet.version === 5 && (properties.get(property.sessionExpiry) ?? asked) !== session.expirySeconds) {
    model.fail("CONNACK announces another session expiry than the shortest of what was asked for and what is allowed");
  }
  session.link = link;
  session.noticedAt = null;
  session.isForSmallPackets ||= packet.maximumPacketBytes !== null;
  session.isLossy ||= packet.maximumPacketBytes !== null || model.limits.loseMessages;
  model.sessions.set(session.key, session);
  link.state = {
    since: model.eventNumber,
    hasSaidGoodbye: false,
    goodbyeExpirySeconds: null,
    inFlight: new Map(),
    lastHeardAt: model.now,
    lastDupOrder: 0,
    keepAliveSeconds: properties.get(property.serverKeepAlive) ?? packet.keepAliveSeconds,
    receiveMaximum: packet.receiveMaximum ?? 65_535,
  };
  // A return forgets wills that wait; those of a session that ended are due.
  for (const will of model.wills) if (will.session === session && will.fate === "waits") will.fate = "dropped";
  if (!packet.will) return;
  const { topic, payload, qos, retain, delaySeconds, expirySeconds } = packet.will;
  const publication = { topic, payload, qos, retain, expirySeconds, publisher: `will ${payload}` };
  model.publications.set(nameOf(publication), publication);
  const never = Number.POSITIVE_INFINITY;
  model.wills.push({ publication, link, session, delaySeconds, dueAtLeast: never, dueAtMost: never, fate: "armed" });
}

/** New credentials: who is to be closed, and which subscriptions are over. */
export function applyCredential(model: Model, device: number): void {
  const credential = model.credentials[device];
  const deviceId = deviceIds[device];
  if (!credential) return;
  for (const session of model.sessions.values()) {
    if (session.holderId !== deviceId) continue;
    if (credential.gen === null) session.expirySeconds = 0;
    const { link } = session;
    if (
      link &&
      (credential.gen === null ||
        passwordOf(actors[session.client] as Identity, credential.gen) !== link.connect.password)
    ) {
      model.closing.set(link, { code: 0x87, why: "its credential was revoked" });
    }
    if (credential.gen === null && !link) model.endSession(session);
    for (const [filter, subscription] of session.subscriptions) {
      if (model.maySubscribe(session, sharedFilter(filter) ?? filter)) continue;
      if (session.link) session.subscriptions.delete(filter);
      else subscription.isDoubtful = true;
    }
    for (const instance of session.instances) {
      if (!model.maySubscribe(session, instance.publication.topic)) instance.must = false;
    }
  }
}
