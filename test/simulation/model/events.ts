// Feeds the model with one committed event of the hub and checks what the hub did in it.
import { deviceIds } from "../identities.ts";
import type { Link } from "../link.ts";
import { actors } from "../generate.ts";
import type { HubEvent, Model, Will } from "./model.ts";
import { checkOutgoing } from "./outgoing.ts";
import { type Answers, connect, receive } from "./receive.ts";
import { route } from "./route.ts";
import { isOnlyGroup, nameOf } from "./session-life.ts";

/** `act`: what an event without packets does to the model. */
export function committed(model: Model, event: HubEvent, now: number, act?: () => void): void {
  model.now = now;
  model.eventNumber++;
  model.atOnce = [];
  model.closing = new Map();
  if (event.kind === "open" || event.kind === "alarm") model.noticeCrash();
  for (const will of model.wills) {
    if (will.fate !== "waits" || will.dueAtLeast > now || event.keptWills.has(will.publication.payload)) continue;
    // Of a client that came back when it may have been due already, CONNECT decides.
    const isBack = event.packets.some(({ type }) => type === "connect") && event.link?.client === will.session.client;
    if (!isBack || will.dueAtMost <= now) publish(model, will);
  }
  model.expireSessions();
  readPackets(model, event);
  act?.();
  closeLinks(model, event);
  settleWills(model, event);
  for (const { link, packets } of event.outputs) for (const packet of packets ?? []) checkOutgoing(model, link, packet);
  checkAtOnce(model);
}

function answersTo(event: HubEvent, link: Link): Answers {
  return event.outputs.flatMap((output) => (output.link === link ? (output.packets ?? []) : []));
}

function readPackets(model: Model, event: HubEvent): void {
  const { link } = event;
  if (!link || event.kind !== "frame") return;
  if (!model.links.has(link)) {
    if (event.outputs.some((output) => output.link === link)) model.fail("a connection that had ended was answered");
    return;
  }
  const answers = answersTo(event, link);
  if (link.state) link.state.lastHeardAt = model.now;
  for (const packet of event.packets) {
    const identity = actors[link.client];
    if (!identity) return;
    const wasRead =
      packet.type === "connect" && !link.session
        ? connect(model, link, identity, packet, answers)
        : receive(model, link, packet, answers);
    if (wasRead) continue;
    const isClosed = event.outputs.some((output) => output.link === link && output.packets === null);
    if (!isClosed) model.fail(`${packet.type} of client ${link.client} was not answered`);
    return;
  }
}

/** Connections that the hub closed, and those it had to close. */
function closeLinks(model: Model, event: HubEvent): void {
  for (const { link, packets } of event.outputs) {
    if (packets !== null) continue;
    const farewell = answersTo(event, link).find(({ type }) => type === "disconnect");
    const code = farewell && "code" in farewell ? farewell.code : null;
    const must = model.closing.get(link);
    if (must) {
      if (link.version === 5 && must.code !== null && code !== must.code) {
        model.fail(`${must.why}, and the hub said ${code} instead of ${must.code}`);
      }
      model.closing.delete(link);
    } else if (!mayClose(model, event, link, code)) {
      model.fail(`the connection of client ${link.client} was closed with ${code}`);
    }
    model.endLink(link);
  }
  for (const [link, { why }] of model.closing) {
    // Of a socket that its peer has closed the hub may know nothing until its close event.
    if (link.isPeerClosed && link.closesAt <= model.now && why !== "the client said goodbye") continue;
    model.fail(`the connection of client ${link.client} goes on: ${why}`);
  }
  if (event.kind === "closed" && event.link) model.endLink(event.link);
}

function mayClose(model: Model, event: HubEvent, link: Link, code: number | null): boolean {
  if (event.kind === "closed" && event.link === link) return code === null;
  const { state } = link;
  if (!state) return model.limits.refuseSessions || link.arrivedBytes < link.sentBytes || link.isPeerClosed;
  const silentFor = model.now - state.lastHeardAt;
  const isSilent = state.keepAliveSeconds > 0 && silentFor >= state.keepAliveSeconds * 1500;
  if (isSilent) return code === 0x8d || link.version === 4;
  return model.limits.loseMessages && (code === 0x97 || link.version === 4);
}

/** Wills that vanished were published or forgotten; the model says which was right. */
function settleWills(model: Model, { keptWills }: HubEvent): void {
  for (const will of model.wills) {
    const isKept = keptWills.has(will.publication.payload);
    if (will.fate === "armed" || will.fate === "waits") {
      if (!isKept) model.fail(`${will.publication.payload} is gone, though it is neither due nor cancelled`);
      continue;
    }
    if (isKept && will.fate === "due now") model.fail(`${will.publication.payload} was not published`);
    if (isKept) model.fail(`${will.publication.payload} is still kept after it was cancelled`);
    if (will.fate === "due now") publish(model, will);
    will.dueAtLeast = -1;
  }
  model.wills = model.wills.filter(({ dueAtLeast }) => dueAtLeast !== -1);
}

function publish(model: Model, will: Will): void {
  will.fate = "dropped";
  will.dueAtLeast = -1;
  route(model, will.publication, will.session);
}

function checkAtOnce(model: Model): void {
  for (const instance of model.atOnce) {
    const { session, must, phase, publication } = instance;
    // A session is between two connections when the will of the one before is published.
    const isBetween = session.link?.state?.since === model.eventNumber;
    if (!must || isBetween || phase === "done" || session.hasEnded || session.isLossy || !session.link) continue;
    model.fail(`${nameOf(publication)} was not sent at once to client ${session.client} at QoS 0`);
  }
  for (const group of model.groups) {
    if (
      group.eventNumber !== model.eventNumber ||
      !isOnlyGroup(model, group) ||
      group.instances.length > 0 ||
      !group.must
    )
      continue;
    const members = [...group.options];
    const isHere = members.some(([{ link }]) => link?.state && link.state.since !== model.eventNumber);
    const neverWaits = members.every(([, { qos }]) => Math.min(group.publication.qos, qos) === 0);
    const isLossy = members.some(([member]) => member.isLossy);
    if (isHere && neverWaits && !isLossy)
      model.fail(`${nameOf(group.publication)} was sent to nobody in ${group.filter}`);
  }
}

export function checkPresence(model: Model, device: number, online: boolean): void {
  const deviceId = deviceIds[device] ?? "";
  const expected = model.isOnline(deviceId);
  if (expected !== null && expected !== online) model.fail(`presence says ${online} for ${deviceId}`);
}
