// Who gets a message: the sessions whose subscriptions match, one member of each shared subscription.
import { matchesFilter } from "../../../src/domain/topics.ts";
import type { QoS } from "../packets.ts";
import type { Model, Retained } from "./model.ts";
import type { GroupInstance, Instance, Publication, SessionLife, Subscription } from "./session-life.ts";

/** `$share/name/filter` without its beginning; null: not shared. */
export function sharedFilter(filter: string): string | null {
  return filter.startsWith("$share/") ? filter.slice(filter.indexOf("/", 7) + 1) : null;
}

/** A message was accepted. `isCertain`: false where it may have been or not. True: somebody certainly gets it. */
export function route(model: Model, publication: Publication, from: SessionLife | null, isCertain = true): boolean {
  const seq = ++model.seq;
  if (publication.retain) retain(model, publication, isCertain);
  let receivers = 0;
  const groups = new Map<string, Map<SessionLife, Subscription>>();
  for (const session of model.sessions.values()) {
    const matching: Subscription[] = [];
    for (const subscription of session.subscriptions.values()) {
      const { filter } = subscription;
      const shared = sharedFilter(filter);
      if (!matchesFilter(shared ?? filter, publication.topic)) continue;
      if (!model.maySubscribe(session, shared ?? filter)) continue;
      if (shared === null) matching.push(subscription);
      else groups.set(filter, (groups.get(filter) ?? new Map()).set(session, { ...subscription }));
    }
    if (expect(model, seq, publication, session, matching, from, isCertain)) receivers++;
  }
  for (const [filter, options] of groups) share(model, seq, publication, filter, options, isCertain && !from?.hasEnded);
  return receivers > 0;
}

function expect(
  model: Model,
  seq: number,
  publication: Publication,
  session: SessionLife,
  matching: Subscription[],
  from: SessionLife | null,
  isCertain: boolean,
): boolean {
  const counting = matching.filter(({ noLocal }) => !(noLocal && session === from));
  if (counting.length === 0) return false;
  const instance = newInstance(model, seq, publication, session, {
    qos: Math.min(publication.qos, Math.max(...counting.map(({ qos }) => qos))) as QoS,
    retain: publication.retain && counting.some(({ retainAsPublished }) => retainAsPublished),
    subscriptionIds: idsOf(counting),
    must: isCertain && isThere(model, session) && !counting.some(({ isDoubtful }) => isDoubtful),
    isStored: false,
  });
  return add(model, instance) && instance.must && !session.isLossy;
}

/** False: after a crash the hub may take it for ended, or not yet. */
function isThere({ now }: Model, { link, endsAtLeast }: SessionLife): boolean {
  return link !== null || now < endsAtLeast;
}

/** Enters what a session is to get. False: it gets nothing. */
export function add(model: Model, instance: Instance): boolean {
  const { session } = instance;
  if (instance.qos === 0) {
    if (!session.link) return false;
    model.atOnce.push(instance);
    return true;
  }
  session.instances.push(instance);
  return true;
}

export function newInstance(
  model: Model,
  seq: number,
  publication: Publication,
  session: SessionLife,
  given: Pick<Instance, "qos" | "retain" | "subscriptionIds" | "must" | "isStored">,
): Instance {
  const { expirySeconds } = publication;
  return {
    seq,
    publication,
    session,
    expiresAt: expirySeconds === null ? null : model.now + expirySeconds * 1000,
    createdAt: model.now,
    group: null,
    phase: "waiting",
    packetId: 0,
    sentOrder: 0,
    isDoubtful: false,
    arrivals: 0,
    ...given,
  };
}

export function idsOf(subscriptions: Subscription[]): number[] {
  const ids = subscriptions.map(({ subscriptionId }) => subscriptionId).filter((id) => id !== null);
  return ids.toSorted((a, b) => a - b);
}

function share(
  model: Model,
  seq: number,
  publication: Publication,
  filter: string,
  options: Map<SessionLife, Subscription>,
  isCertain: boolean,
): void {
  const { expirySeconds } = publication;
  const group: GroupInstance = {
    seq,
    publication,
    filter,
    expiresAt: expirySeconds === null ? null : model.now + expirySeconds * 1000,
    createdAt: model.now,
    options,
    must: isCertain && [...options].every(([member, { isDoubtful }]) => !isDoubtful && isThere(model, member)),
    instances: [],
    eventNumber: model.eventNumber,
  };
  model.groups.push(group);
}

function retain(model: Model, publication: Publication, isCertain: boolean): void {
  const { topic, payload, expirySeconds } = publication;
  const expiresAt = expirySeconds === null ? null : model.now + expirySeconds * 1000;
  const next: Retained = payload === "" ? null : { publication, expiresAt };
  // Of wills that are published in one event, the order is the hub's business.
  const isWill = publication.publisher.startsWith("will");
  const hasRival = isWill && model.willEvents.get(topic) === model.eventNumber;
  if (isWill) model.willEvents.set(topic, model.eventNumber);
  const isUncertain = !isCertain || hasRival || (model.limits.retainedAreUncertain && next !== null);
  const before = model.retained.get(topic) ?? [null];
  model.retained.set(topic, isUncertain ? [...before, next] : [next]);
}

/** What a new subscription finds. */
export function expectRetained(model: Model, session: SessionLife, subscription: Subscription, must: boolean): void {
  for (const [topic, candidates] of model.retained) {
    if (!matchesFilter(subscription.filter, topic)) continue;
    for (const candidate of candidates) {
      if (!candidate || (candidate.expiresAt !== null && candidate.expiresAt <= model.now)) continue;
      const { publication, expiresAt } = candidate;
      const instance = newInstance(model, ++model.seq, publication, session, {
        qos: Math.min(publication.qos, subscription.qos) as QoS,
        retain: true,
        subscriptionIds: idsOf([subscription]),
        must: must && candidates.length === 1,
        isStored: true,
      });
      add(model, { ...instance, expiresAt });
    }
  }
}
