// A correct MQTT client: keeps its session state, repeats what was not acknowledged, and hands each message on once where that is
// promised.
import { encode } from "./encode.ts";
import { type Identity, passwordOf } from "./identities.ts";
import type { Link, Received } from "./link.ts";
import {
  type ClientPacket,
  type ConnectPacket,
  type PublishPacket,
  type SubscriptionRequest,
  type Version,
  property,
} from "./packets.ts";
import type { ConnectStep, Step } from "./schedule.ts";
import { Violation } from "./model/session-life.ts";

/** What a client needs of the world around it. */
export interface ClientWorld {
  now(): number;
  plan(afterMs: number, act: () => void): void;
  openLink(client: number, connect: ConnectPacket): Link;
  sendUp(link: Link, packets: { packet: ClientPacket; bytes: Uint8Array }[]): void;
  closeUp(link: Link): void;
  /** A message has reached the application. */
  arrived(link: Link, packet: Received): void;
}

const maxUnacknowledged = 10;
/** Few packet ids, so that they are used again soon. */
const packetIds = 20;
type SubscribeStep = Extract<Step, { do: "subscribe" | "unsubscribe" }>;

export class Client {
  readonly index: number;
  readonly identity: Identity;
  readonly version: Version;
  readonly #world: ClientWorld;
  /** The generation of the credential it has. */
  generation = 1;
  link: Link | null = null;
  isOnline = false;
  isPaused = false;
  /** Sends all it may at once, and releases nothing before it resumes. */
  #isHoarding = false;
  #heldAcks: ClientPacket[] = [];
  /** Session state: sent and not acknowledged, in order; received at QoS 2 and not released. */
  readonly unacknowledged = new Map<number, { packet: PublishPacket; isReleased: boolean }>();
  readonly #received = new Set<number>();
  readonly outbox: { packet: PublishPacket; withAlias: boolean }[] = [];
  /** What waits for CONNACK. */
  #later: (() => void)[] = [];
  readonly #subscribing = new Set<number>();
  #lastId = 0;
  #receiveMaximum = 65_535;
  #aliasMaximum = 0;
  /** Has forgotten its session, and must say so until the hub has heard it. */
  #isStartingClean = false;
  /** Connections on which it has not heard of CONNACK. */
  #unanswered: Link[] = [];
  #lastConnect: ConnectStep | null = null;

  constructor(index: number, identity: Identity, version: Version, world: ClientWorld) {
    this.index = index;
    this.identity = identity;
    this.version = version;
    this.#world = world;
  }

  connect(step: ConnectStep, willPayload: string): void {
    this.#lastConnect = step;
    const { will } = step;
    this.#isStartingClean ||= step.cleanStart;
    const cleanStart = this.#isStartingClean;
    if (cleanStart) this.#forgetSession();
    const isNew = this.version === 5;
    const packet: ConnectPacket = {
      type: "connect",
      version: this.version,
      clientId: this.identity.clientId,
      cleanStart,
      keepAliveSeconds: step.keepAliveSeconds,
      password: passwordOf(this.identity, this.generation),
      sessionExpirySeconds: isNew ? step.sessionExpirySeconds : 0,
      receiveMaximum: isNew ? step.receiveMaximum : null,
      maximumPacketBytes: isNew ? step.maximumPacketBytes : null,
      topicAliasMaximum: isNew ? step.topicAliasMaximum : 0,
      will: will && {
        topic: will.topic,
        payload: willPayload,
        qos: will.qos,
        retain: will.retain,
        delaySeconds: isNew ? will.delaySeconds : 0,
        expirySeconds: isNew ? will.expirySeconds : null,
      },
    };
    this.isOnline = false;
    this.isPaused = false;
    this.#isHoarding = false;
    this.#heldAcks = [];
    this.#later = [];
    this.#subscribing.clear();
    this.link = this.#world.openLink(this.index, packet);
    this.#unanswered.push(this.link);
    this.#send([packet]);
  }

  /** As before, to the same session. */
  reconnect(): void {
    if (!this.#lastConnect) return;
    const calm = { cleanStart: false, receiveMaximum: null, maximumPacketBytes: null, will: null };
    this.connect({ ...this.#lastConnect, ...calm }, "");
  }

  disconnect(withWill: boolean, sessionExpirySeconds: number | null): void {
    const { link } = this;
    if (!link || !this.isOnline) return;
    const canSet = this.version === 5 && (sessionExpirySeconds === 0 || link.connect.sessionExpirySeconds > 0);
    const code = withWill && this.version === 5 ? 4 : 0;
    this.#send([{ type: "disconnect", code, sessionExpirySeconds: canSet ? sessionExpirySeconds : null }]);
    this.#world.closeUp(link);
    this.lost();
  }

  subscribe(step: SubscribeStep): void {
    if (!this.link) return;
    if (!this.isOnline) {
      this.#later.push(() => this.subscribe(step));
      return;
    }
    const id = this.#freeId();
    this.#subscribing.add(id);
    if (step.do === "unsubscribe") return this.#send([{ type: "unsubscribe", id, filter: step.filter }]);
    const subscriptionId = this.version === 5 ? step.subscriptionId : null;
    const plain = { noLocal: false, retainAsPublished: false, retainHandling: 0 } as const;
    const request = this.version === 5 ? step.request : { ...step.request, ...plain };
    this.#send([{ type: "subscribe", id, subscriptionId, subscriptions: [request] }]);
  }

  /** Several filters in one packet. */
  subscribeAll(requests: SubscriptionRequest[]): void {
    for (let i = 0; i < requests.length; i += 8) {
      const id = this.#freeId();
      this.#subscribing.add(id);
      this.#send([{ type: "subscribe", id, subscriptionId: null, subscriptions: requests.slice(i, i + 8) }]);
    }
  }

  publish(packets: PublishPacket[], withAlias: boolean): void {
    if (!this.link) packets = packets.filter(({ qos }) => qos > 0);
    this.outbox.push(...packets.map((packet) => ({ packet, withAlias })));
    this.#sendOutbox();
  }

  hoard(): void {
    this.isPaused = true;
    this.#isHoarding = true;
  }

  resume(): void {
    this.isPaused = false;
    this.#isHoarding = false;
    const acks = this.#heldAcks;
    this.#heldAcks = [];
    if (acks.length > 0 && this.link) this.#send(acks);
  }

  /** The connection is gone. */
  lost(): void {
    this.link = null;
    this.isOnline = false;
    this.#heldAcks = [];
    for (let i = this.outbox.length - 1; i >= 0; i--) if (this.outbox[i]?.packet.qos === 0) this.outbox.splice(i, 1);
  }

  receive(link: Link, packet: Received): void {
    if (!this.isOnline && packet.type !== "connack") {
      throw new Violation(`the first packet to ${this.identity.name} is ${packet.type}`);
    }
    switch (packet.type) {
      case "connack":
        return this.#connected(packet);
      case "publish":
        return this.#receivePublish(link, packet);
      case "pubrel":
        this.#received.delete(packet.id);
        return this.#ack({ type: "pubcomp", id: packet.id, code: 0 });
      case "puback":
        this.#acknowledged(packet.id, 1, packet.type);
        return this.#sendOutbox();
      case "pubrec": {
        const sent = this.#waiting(packet.id, 2, packet.type);
        if (packet.code >= 0x80) this.unacknowledged.delete(packet.id);
        else {
          sent.isReleased = true;
          this.#ack({ type: "pubrel", id: packet.id, code: 0 });
        }
        return this.#sendOutbox();
      }
      case "pubcomp": {
        if (!this.#waiting(packet.id, 2, packet.type).isReleased) throw new Violation("PUBCOMP came before PUBREL");
        this.unacknowledged.delete(packet.id);
        return this.#sendOutbox();
      }
      case "suback":
      case "unsuback":
        if (!this.#subscribing.delete(packet.id)) throw new Violation(`${packet.type} for nothing`);
        return;
      default:
    }
  }

  #connected(packet: Extract<Received, { type: "connack" }>): void {
    if (packet.code !== 0) return;
    this.isOnline = true;
    this.#isStartingClean = false;
    this.#receiveMaximum = packet.properties.get(property.receiveMaximum) ?? 65_535;
    this.#aliasMaximum = packet.properties.get(property.topicAliasMaximum) ?? 0;
    const keepAlive = packet.properties.get(property.serverKeepAlive) ?? this.link?.connect.keepAliveSeconds ?? 0;
    if (keepAlive > 0 && this.link) this.#ping(this.link, keepAlive);
    // That its session was lost while CONNACK was under way on another connection a client cannot know: a gap of MQTT, not of
    // the hub, and these clients are told.
    const since = this.link?.state?.since ?? 0;
    const isEarlier = ({ state }: Link) => state !== null && state.since < since;
    const earlier = this.#unanswered.filter(isEarlier);
    this.#unanswered = this.#unanswered.filter((link) => link !== this.link && !isEarlier(link));
    if (!packet.sessionPresent || earlier.some(({ beganSession }) => beganSession)) this.#forgetSession();
    const again = [...this.unacknowledged].map(([id, sent]): ClientPacket => {
      return sent.isReleased ? { type: "pubrel", id, code: 0 } : { ...sent.packet, dup: true };
    });
    if (again.length > 0) this.#send(again);
    for (const act of this.#later.splice(0)) act();
    this.#sendOutbox();
  }

  #ping(link: Link, keepAlive: number): void {
    this.#world.plan(keepAlive * 800, () => {
      if (this.link !== link) return;
      this.#send([{ type: "pingreq" }]);
      this.#ping(link, keepAlive);
    });
  }

  #receivePublish(link: Link, packet: Extract<Received, { type: "publish" }>): void {
    const { qos, id } = packet;
    if (qos < 2 || !this.#received.has(id)) this.#world.arrived(link, packet);
    if (qos === 1) this.#ack({ type: "puback", id, code: 0 });
    if (qos === 2) {
      this.#received.add(id);
      this.#ack({ type: "pubrec", id, code: 0 });
    }
  }

  #ack(packet: ClientPacket): void {
    if (this.isPaused) this.#heldAcks.push(packet);
    else this.#send([packet]);
  }

  #waiting(id: number, qos: number, type: string) {
    const sent = this.unacknowledged.get(id);
    if (!sent || sent.packet.qos !== qos) {
      throw new Violation(`${this.identity.name} got ${type} for packet ${id}, which does not wait for it`);
    }
    return sent;
  }

  #acknowledged(id: number, qos: number, type: string): void {
    this.#waiting(id, qos, type);
    this.unacknowledged.delete(id);
  }

  #sendOutbox(): void {
    if (!this.isOnline) return;
    const most = Math.min(this.#isHoarding ? 490 : maxUnacknowledged, this.#receiveMaximum);
    const packets: ClientPacket[] = [];
    const onWire: ClientPacket[] = [];
    while (this.outbox.length > 0) {
      const next = this.outbox[0] as { packet: PublishPacket; withAlias: boolean };
      if (next.packet.qos > 0 && this.unacknowledged.size >= most) break;
      this.outbox.shift();
      const packet = next.packet.qos > 0 ? { ...next.packet, id: this.#freeId() } : next.packet;
      if (packet.qos > 0) this.unacknowledged.set(packet.id, { packet, isReleased: false });
      packets.push(packet);
      onWire.push(next.withAlias ? this.#aliased(packet) : packet);
    }
    if (packets.length > 0) this.#send(packets, onWire);
  }

  #aliased(packet: PublishPacket): PublishPacket {
    const aliases = this.link?.aliasesOut;
    if (!aliases) return packet;
    const known = aliases.get(packet.topic);
    if (known !== undefined) return { ...packet, alias: known, topic: "" };
    if (aliases.size >= this.#aliasMaximum) return packet;
    aliases.set(packet.topic, aliases.size + 1);
    return { ...packet, alias: aliases.size };
  }

  #freeId(): number {
    const most = this.unacknowledged.size + this.#subscribing.size < packetIds ? packetIds : 1000;
    do this.#lastId = (this.#lastId % most) + 1;
    while (this.unacknowledged.has(this.#lastId) || this.#subscribing.has(this.#lastId));
    return this.#lastId;
  }

  #forgetSession(): void {
    this.unacknowledged.clear();
    this.#received.clear();
  }

  /** `onWire`: as they go out, where that differs from what they mean. */
  #send(packets: ClientPacket[], onWire: ClientPacket[] = packets): void {
    const { link } = this;
    if (!link) return;
    this.#world.sendUp(
      link,
      packets.map((packet, i) => ({ packet, bytes: encode(onWire[i] as ClientPacket, this.version) })),
    );
  }
}
