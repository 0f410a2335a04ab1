// What must hold in the end, when everybody who has a session has been back for long enough; and what must hold whenever a
// message reaches an application.
import type { Model } from "./model.ts";
import { who } from "./outgoing.ts";
import { type Instance, type SessionLife, isOnlyGroup, nameOf, wasLeft } from "./session-life.ts";

/** A client hands a message to its application. */
export function arrived(model: Model, instance: Instance): void {
  const { session, publication, qos, seq } = instance;
  instance.arrivals++;
  if (qos === 2 && instance.arrivals > 1) model.fail(`${nameOf(publication)} reached ${who(session)} twice at QoS 2`);
  // What another member left behind comes late.
  const { group } = instance;
  if (instance.arrivals > 1 || instance.isStored) return;
  if (group && (wasLeft(group, model.now) || !isOnlyGroup(model, group))) return;
  const order = `${publication.publisher} ${publication.topic} ${publication.qos} ${qos}`;
  const isOnce = session.instances.filter((each) => each.publication === publication).length <= 1;
  if (!isOnce || publication.payload === "") return;
  if (seq < (session.lastArrivals.get(order) ?? 0))
    model.fail(`${nameOf(publication)} overtook another at ${who(session)}`);
  session.lastArrivals.set(order, seq);
}

/** `reachable`: clients that could come back. `droppedFor`: how many messages the hub says it dropped from a session's queue. */
export function checkDelivered(
  model: Model,
  reachable: ReadonlySet<number>,
  droppedFor: (session: SessionLife) => number,
): void {
  for (const session of model.sessions.values()) {
    if (!reachable.has(session.client) || !session.link) continue;
    const isCounted = model.limits.countLosses && !model.hasCrashed && !session.isForSmallPackets;
    if (session.isLossy && !isCounted) continue;
    const missing = session.instances.filter((each) => each.must && each.arrivals === 0 && !hasExpired(model, each));
    const dropped = isCounted && missing.length > 0 ? droppedFor(session) : 0;
    if (isCounted && missing.length > dropped)
      model.fail(`${missing.length} messages are missing at ${who(session)}, ${dropped} were counted`);
    if (!isCounted)
      for (const instance of missing) {
        model.fail(`${nameOf(instance.publication)} at QoS ${instance.qos} never reached ${who(session)}`);
      }
    if (session.released.size > 0) model.fail(`${who(session)} waits for PUBREL`);
    if (session.received.size > 0) model.fail(`the hub still waits for PUBREL of ${who(session)}`);
  }
  for (const group of model.groups) {
    const { options, must, instances, publication, filter } = group;
    if (!must || !isOnlyGroup(model, group) || instances.some(({ arrivals }) => arrivals > 0)) continue;
    if (group.expiresAt !== null && group.expiresAt <= model.now) continue;
    const members = [...options].map(([member, then]) => {
      const now = member.subscriptions.get(filter);
      const isIn = now && !now.isDoubtful && now.since <= group.eventNumber && Math.min(publication.qos, then.qos) > 0;
      const isHere = !member.hasEnded && member.link && !member.isLossy && reachable.has(member.client);
      return {
        isSure: isIn && isHere && model.maySubscribe(member, publication.topic),
        hasEnded: member.hasEnded && !member.isLossy,
      };
    });
    // At QoS 1 it goes on to another member when the session of one ends [MQTT-4.8.2-5], at QoS 2 to nobody.
    const isPassedOn = publication.qos === 1 && [...options.values()].every(({ qos }) => qos > 0);
    const isSure = members.every((member) => member.isSure || (isPassedOn && member.hasEnded));
    if (isSure && members.some((member) => member.isSure)) {
      model.fail(`${nameOf(publication)} never reached a member of ${filter}`);
    }
  }
  for (const will of model.wills) {
    const isLate = will.fate === "due now" || (will.fate === "waits" && will.dueAtMost + 1000 < model.now);
    if (isLate) model.fail(`${will.publication.payload} was not published in time`);
  }
}

function hasExpired(model: Model, { expiresAt, phase }: Instance): boolean {
  return expiresAt !== null && expiresAt <= model.now && phase === "waiting";
}
