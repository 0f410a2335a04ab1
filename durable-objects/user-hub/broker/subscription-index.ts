// Which sessions a topic goes to. memory: rebuilt on wake from the subscriptions of all sessions.
import { feedTopic, isFeedFilter } from "../../../src/domain/feed.ts";
import { matchesFilter } from "../../../src/domain/topics.ts";
import type { QoS } from "../../../src/protocols/mqtt/publish.ts";
import type { TopicHandler } from "../part.ts";
import type { Session } from "./session.ts";
import { ShareGroup, splitShare } from "./shared-subscriptions.ts";

/** What a subscription asks for, as the options byte of SUBSCRIBE says it, with the granted QoS. */
export interface SubscriptionOptions {
  qos: QoS;
  noLocal: boolean;
  retainAsPublished: boolean;
  /** Null: none. */
  subscriptionId: number | null;
}

/** One number: four bits of options, and the subscription identifier (28 bits) above them. */
export function packOptions({ qos, noLocal, retainAsPublished, subscriptionId }: SubscriptionOptions): number {
  return qos + (noLocal ? 4 : 0) + (retainAsPublished ? 8 : 0) + (subscriptionId ?? 0) * 16;
}

/** What a receiver's overlapping subscriptions come to: one delivery at the highest QoS [MQTT-3.3.4-2], with all identifiers. */
export interface Delivery {
  qos: QoS;
  retainAsPublished: boolean;
  /** Null: none. */
  subscriptionIds: number[] | null;
}

/** One receiver of a topic. */
export interface Receiver {
  session: Session;
  delivery: Delivery;
  /** For what this client published itself; null: all its subscriptions say no local [MQTT-3.8.3-3]. */
  ownDelivery: Delivery | null;
}

/** Everybody who subscribes to a topic, each once; the groups of which one member gets it; and the part that is told of it. */
export interface Receivers {
  all: readonly Receiver[];
  groups: readonly ShareGroup[];
  handler: TopicHandler | null;
}

interface Node {
  children: Map<string, Node>;
  /** Subscriptions that end at this level. */
  here: Map<Session, number>;
  /** Shared subscriptions that end at this level, by their whole filter. */
  groups: Map<string, ShareGroup> | null;
}

function newNode(): Node {
  return { children: new Map(), here: new Map(), groups: null };
}

/** Topics whose receivers are remembered; a hub of some devices has some hundred topics. */
const cachedTopics = 2000;

export class SubscriptionIndex {
  readonly #root = newNode();
  readonly #cache = new Map<string, Receivers>();
  /** Sessions that ask for feeds by name, by topic filter. */
  readonly #feedFilters = new Map<string, Set<Session>>();
  watchesFeeds = false;
  readonly #handlerOf: (topic: string) => TopicHandler | null;

  constructor(handlerOf: (topic: string) => TopicHandler | null) {
    this.#handlerOf = handlerOf;
  }

  add(session: Session, topicFilter: string, options: number): void {
    const share = splitShare(topicFilter);
    const levels = (share?.topicFilter ?? topicFilter).split("/");
    if (isFeedFilter(levels)) this.#watchFeeds(session, topicFilter);
    let node = this.#root;
    for (const level of levels) {
      let child = node.children.get(level);
      if (!child) node.children.set(level, (child = newNode()));
      node = child;
    }
    if (share) {
      node.groups ??= new Map();
      let group = node.groups.get(topicFilter);
      if (!group) node.groups.set(topicFilter, (group = new ShareGroup(topicFilter)));
      group.members.set(session, options);
    } else {
      node.here.set(session, options);
    }
    this.#cache.clear();
  }

  remove(session: Session, topicFilter: string): void {
    const share = splitShare(topicFilter);
    const levels = (share?.topicFilter ?? topicFilter).split("/");
    if (isFeedFilter(levels)) this.#unwatchFeeds(session, topicFilter);
    this.#removeBelow(this.#root, session, share ? topicFilter : null, levels, 0);
    this.#cache.clear();
  }

  #removeBelow(node: Node, session: Session, share: string | null, levels: string[], depth: number): void {
    const level = levels[depth];
    if (level === undefined) {
      if (share === null) node.here.delete(session);
      else removeMember(node, session, share);
      return;
    }
    const child = node.children.get(level);
    if (!child) return;
    this.#removeBelow(child, session, share, levels, depth + 1);
    if (child.children.size === 0 && child.here.size === 0 && !child.groups) node.children.delete(level);
  }

  #watchFeeds(session: Session, topicFilter: string): void {
    const watchers = this.#feedFilters.get(topicFilter);
    if (watchers) watchers.add(session);
    else this.#feedFilters.set(topicFilter, new Set([session]));
    this.watchesFeeds = true;
  }

  #unwatchFeeds(session: Session, topicFilter: string): void {
    const watchers = this.#feedFilters.get(topicFilter);
    watchers?.delete(session);
    if (watchers?.size === 0) this.#feedFilters.delete(topicFilter);
    this.watchesFeeds = this.#feedFilters.size > 0;
  }

  /** Whether somebody asks for this device's feed by name, and not only for everything. */
  isFeedWatched(deviceId: string): boolean {
    if (!this.watchesFeeds) return false;
    const topic = feedTopic(deviceId);
    for (const topicFilter of this.#feedFilters.keys()) {
      if (matchesFilter(splitShare(topicFilter)?.topicFilter ?? topicFilter, topic)) return true;
    }
    return false;
  }

  /** A shared subscription's group, as long as it has members. */
  group(topicFilter: string): ShareGroup | null {
    let node: Node | undefined = this.#root;
    for (const level of splitShare(topicFilter)?.topicFilter.split("/") ?? []) node = node?.children.get(level);
    return node?.groups?.get(topicFilter) ?? null;
  }

  receivers(topic: string): Receivers {
    const known = this.#cache.get(topic);
    if (known) return known;
    const found = new Map<Session, Receiver>();
    const groups: ShareGroup[] = [];
    this.#collect(this.#root, topic.split("/"), 0, topic.startsWith("$"), found, groups);
    const receivers = { all: [...found.values()], groups, handler: this.#handlerOf(topic) };
    if (this.#cache.size >= cachedTopics) this.#cache.clear();
    this.#cache.set(topic, receivers);
    return receivers;
  }

  /** Topics may have other handlers than before. */
  forgetHandlers(): void {
    this.#cache.clear();
  }

  /** `bare`: wildcards do not match at this level, because the topic begins with `$` [MQTT-4.7.2-1]. */
  #collect(
    node: Node,
    levels: string[],
    depth: number,
    bare: boolean,
    found: Map<Session, Receiver>,
    groups: ShareGroup[],
  ): void {
    if (!bare) merge(node.children.get("#"), found, groups);
    const level = levels[depth];
    if (level === undefined) {
      merge(node, found, groups);
      return;
    }
    const exact = node.children.get(level);
    if (exact) this.#collect(exact, levels, depth + 1, false, found, groups);
    const any = bare ? undefined : node.children.get("+");
    if (any) this.#collect(any, levels, depth + 1, false, found, groups);
  }
}

function removeMember(node: Node, session: Session, share: string): void {
  const group = node.groups?.get(share);
  group?.members.delete(session);
  if (group?.members.size === 0) node.groups?.delete(share);
  if (node.groups?.size === 0) node.groups = null;
}

function merge(node: Node | undefined, found: Map<Session, Receiver>, groups: ShareGroup[]): void {
  if (!node) return;
  if (node.groups) groups.push(...node.groups.values());
  for (const [session, options] of node.here) {
    const isLocalToo = (options & 4) === 0;
    const receiver = found.get(session);
    if (!receiver) {
      const delivery = deliveryOf(options);
      found.set(session, { session, delivery, ownDelivery: isLocalToo ? delivery : null });
      continue;
    }
    const { delivery, ownDelivery } = receiver;
    receiver.delivery = both(delivery, deliveryOf(options));
    if (isLocalToo) receiver.ownDelivery = ownDelivery ? both(ownDelivery, deliveryOf(options)) : deliveryOf(options);
  }
}

/** What one subscription asks for. */
export function deliveryOf(options: number): Delivery {
  const subscriptionId = Math.floor(options / 16);
  return {
    qos: (options & 3) as QoS,
    retainAsPublished: (options & 8) !== 0,
    subscriptionIds: subscriptionId === 0 ? null : [subscriptionId],
  };
}

function both(a: Delivery, b: Delivery): Delivery {
  const ids = [...(a.subscriptionIds ?? []), ...(b.subscriptionIds ?? [])];
  return {
    qos: Math.max(a.qos, b.qos) as QoS,
    retainAsPublished: a.retainAsPublished || b.retainAsPublished,
    subscriptionIds: ids.length > 0 ? ids : null,
  };
}
