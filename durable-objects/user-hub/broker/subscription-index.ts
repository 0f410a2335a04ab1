// Which connections a topic goes to. memory: rebuilt on wake from the subscriptions of the live connections.
import type { QoS } from "../../../src/protocols/mqtt/publish.ts";
import type { Connection } from "../connection.ts";

/** What a subscription asks for, as the options byte of SUBSCRIBE says it. */
export interface SubscriptionOptions {
  qos: QoS;
  noLocal: boolean;
  retainAsPublished: boolean;
}

export function packOptions(options: SubscriptionOptions): number {
  return options.qos | (options.noLocal ? 4 : 0) | (options.retainAsPublished ? 8 : 0);
}

/** One receiver of a topic, its overlapping subscriptions merged into one delivery at the highest QoS [MQTT-3.3.4-2]. */
export interface Receiver {
  connection: Connection;
  qos: QoS;
  retainAsPublished: boolean;
  /** The QoS for what this connection published itself; -1: all its subscriptions say no local. */
  qosOfOwn: QoS | -1;
}

interface Node {
  children: Map<string, Node>;
  /** Subscriptions that end at this level. */
  here: Map<Connection, number>;
}

function newNode(): Node {
  return { children: new Map(), here: new Map() };
}

/** Topics whose receivers are remembered; a hub of some devices has some hundred topics. */
const cachedTopics = 2000;

export class SubscriptionIndex {
  readonly #root = newNode();
  readonly #cache = new Map<string, Receiver[]>();

  add(connection: Connection, topicFilter: string, options: number): void {
    let node = this.#root;
    for (const level of topicFilter.split("/")) {
      let child = node.children.get(level);
      if (!child) node.children.set(level, (child = newNode()));
      node = child;
    }
    node.here.set(connection, options);
    this.#cache.clear();
  }

  remove(connection: Connection, topicFilter: string): void {
    this.#removeBelow(this.#root, connection, topicFilter.split("/"), 0);
    this.#cache.clear();
  }

  #removeBelow(node: Node, connection: Connection, levels: string[], depth: number): void {
    const level = levels[depth];
    if (level === undefined) {
      node.here.delete(connection);
      return;
    }
    const child = node.children.get(level);
    if (!child) return;
    this.#removeBelow(child, connection, levels, depth + 1);
    if (child.children.size === 0 && child.here.size === 0) node.children.delete(level);
  }

  /** Everybody who subscribes to a topic, each once. */
  receivers(topic: string): readonly Receiver[] {
    const known = this.#cache.get(topic);
    if (known) return known;
    const found = new Map<Connection, Receiver>();
    this.#collect(this.#root, topic.split("/"), 0, topic.startsWith("$"), found);
    const receivers = [...found.values()];
    if (this.#cache.size >= cachedTopics) this.#cache.clear();
    this.#cache.set(topic, receivers);
    return receivers;
  }

  /** `bare`: wildcards do not match at this level, because the topic begins with `$` [MQTT-4.7.2-1]. */
  #collect(node: Node, levels: string[], depth: number, bare: boolean, found: Map<Connection, Receiver>): void {
    if (!bare) merge(node.children.get("#"), found);
    const level = levels[depth];
    if (level === undefined) {
      merge(node, found);
      return;
    }
    const exact = node.children.get(level);
    if (exact) this.#collect(exact, levels, depth + 1, false, found);
    const any = bare ? undefined : node.children.get("+");
    if (any) this.#collect(any, levels, depth + 1, false, found);
  }
}

function merge(node: Node | undefined, found: Map<Connection, Receiver>): void {
  if (!node) return;
  for (const [connection, options] of node.here) {
    const qos = (options & 3) as QoS;
    const qosOfOwn = options & 4 ? -1 : qos;
    const retainAsPublished = (options & 8) !== 0;
    const receiver = found.get(connection);
    if (!receiver) {
      found.set(connection, { connection, qos, qosOfOwn, retainAsPublished });
      continue;
    }
    if (qos > receiver.qos) receiver.qos = qos;
    if (qosOfOwn > receiver.qosOfOwn) receiver.qosOfOwn = qosOfOwn;
    receiver.retainAsPublished ||= retainAsPublished;
  }
}
