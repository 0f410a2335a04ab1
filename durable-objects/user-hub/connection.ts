// One WebSocket of the hub: what its attachment holds, how it is read back after hibernation, and what is collected
// for it within one event. Knows no packets.
import type { Subject } from "../../src/domain/access.ts";
import type { ProtocolVersion } from "../../src/protocols/mqtt/publish.ts";
import { RecentTopics } from "../../src/protocols/mqtt/recent-topics.ts";
import { subscriptionsInAttachmentBytes } from "./limits.ts";

/** What the hub needs of a WebSocket. */
export interface HubSocket {
  send(data: Uint8Array | string): void;
  close(code: number, reason: string): void;
  serializeAttachment(value: unknown): void;
  deserializeAttachment(): unknown;
}

/** A topic filter and its options byte as in SUBSCRIBE (MQTT 5.0 §3.8.3.1) with the granted QoS. */
export type Subscription = [topicFilter: string, options: number];

/** Who holds the connection: a device, or an app acting for the user. */
export type Holder = { kind: "device"; id: string; gen: number } | { kind: "app"; id: string };

/** An admitted holder, and when its admission ends (epoch ms). */
export interface Admission {
  holder: Holder;
  expiresAt: number | null;
}

export type Door = "direct" | "relayed";

/**
 * What survives hibernation, in the socket's attachment: 16,384 bytes at most. Worst case here: 4 KB of `partial`, 6 KB
 * of subscriptions, 500 packet ids, 256 bytes of client id; below 13 KB.
 */
export interface ConnectionState {
  id: string;
  /** Of the upgrade, at most 64 characters; names it in the log. */
  requestId: string | null;
  door: Door;
  openedAt: number;
  /** From the upgrade; CONNECT's password goes before it, unless the relayed door has read that already. */
  upgradeAdmission: Admission | null;
  /** Null until the client is accepted: by CONNECT, or with JSON by its upgrade. */
  session: SessionState | null;
  /** The beginning of an unfinished packet, unless it is in `partial_packets`. */
  partial: Uint8Array | null;
  /** Chunks of an unfinished packet in `partial_packets`. */
  partialChunks: number;
  /**
   * Whether the client has sent several packets in one frame, and so reads them as a stream. To others the last packet of an
   * event goes in a frame of its own: Paho's C client takes one packet from its buffer each time its socket has news, and
   * would leave the rest lying until the next frame.
   */
  batches: boolean;
  /** Whether any table has rows of this connection. */
  hasRows: boolean;
  /** Epoch ms of the last frame from the client, to the second. */
  lastSeenAt: number;
}

/** What an accepted client adds. Sessions end with their connection. */
export interface SessionState {
  protocol: "mqtt" | "json";
  /** Of MQTT; JSON has the semantics of 5. */
  version: ProtocolVersion;
  clientId: string;
  admission: Admission;
  keepAliveSeconds: number;
  receiveMaximum: number;
  /** The largest packet the client takes; null: any. */
  maximumPacketBytes: number | null;
  /** Whether reason strings are wanted [MQTT-3.1.2-29]. */
  problemInformation: boolean;
  hasWill: boolean;
  connectedAt: number;
  subscriptions: Subscription[];
  /** Further subscriptions in the table `subscriptions`. */
  tableSubscriptions: number;
  lastPacketId: number;
  /** Packet ids sent at QoS 1 and not yet acknowledged. */
  inFlight: number[];
  /** Sequence numbers of `pending_messages`: next to send, next to append. */
  pendingFrom: number;
  pendingTo: number;
}

/** The state of a client that was just accepted. */
export function newSession(
  given: Pick<SessionState, "protocol" | "version" | "clientId" | "admission" | "connectedAt"> & Partial<SessionState>,
): SessionState {
  return {
    keepAliveSeconds: 0,
    receiveMaximum: 65_535,
    maximumPacketBytes: null,
    problemInformation: true,
    hasWill: false,
    subscriptions: [],
    tableSubscriptions: 0,
    lastPacketId: 0,
    inFlight: [],
    pendingFrom: 0,
    pendingTo: 0,
    ...given,
  };
}

/** What leaves in one piece: an MQTT packet, or a JSON text. */
export type Packet = Uint8Array | string;

/** memory: rebuilt on wake from the attachment. */
export class Connection {
  readonly socket: HubSocket;
  readonly state: ConnectionState;
  /** Packets for this socket within the present event: MQTT packets leave in one or two frames, JSON texts in one each. */
  readonly out: Packet[] = [];
  outBytes = 0;
  /** All subscriptions, those of the attachment and those of the table: filter to options. */
  readonly subscriptions = new Map<string, number>();
  /** Topics it has published to, and of each whether its subject may. */
  readonly recentTopics = new RecentTopics();
  readonly publishRights = new Map<string, boolean>();
  #subject: Subject | null = null;
  /** Chunks of an unfinished packet, and the packet's length once its header is known. */
  partial: { chunks: Uint8Array[]; bytes: number; needed: number | null } | null = null;
  /** Whether `state` differs from the attachment. */
  dirty = false;
  /** Whether the broker will come back to it when the present event ends. */
  touched = false;
  ended = false;

  constructor(socket: HubSocket, state: ConnectionState) {
    this.socket = socket;
    this.state = state;
  }

  /** Whose it is and what was granted; null: to be looked up. */
  get subject(): Subject | null {
    return this.#subject;
  }

  /** Other rights from now on. */
  set subject(subject: Subject | null) {
    this.#subject = subject;
    this.publishRights.clear();
  }

  /** Reads a connection back after hibernation; null for a socket whose connection has ended. */
  static restore(socket: HubSocket): Connection | null {
    const state = socket.deserializeAttachment() as ConnectionState | null;
    return state && new Connection(socket, state);
  }

  /** Sends what was collected. To a peer that is gone it goes nowhere; its close event follows. */
  flush(): void {
    const { out, socket } = this;
    if (out.length === 0) return;
    try {
      if (out.length === 1) socket.send(out[0] as Packet);
      else for (const frame of this.#frames()) socket.send(frame);
    } catch {
      // We have closed this socket already; nobody else's event may suffer from it.
    }
    out.length = 0;
    this.outBytes = 0;
  }

  #frames(): Packet[] {
    const { out, state } = this;
    if (state.session?.protocol === "json") return out;
    const packets = out as Uint8Array[];
    if (state.batches) return [concat(packets)];
    return [concat(packets.slice(0, -1)), packets.at(-1) as Uint8Array];
  }

  close(code: number, reason: string): void {
    try {
      this.socket.close(code, reason);
    } catch {
      // Its close event is on its way.
    }
  }

  /** Writes the attachment if the state changed. */
  save(): void {
    if (!this.dirty) return;
    this.dirty = false;
    this.socket.serializeAttachment(this.ended ? null : this.state);
  }
}

/** Whether an attachment that holds these subscriptions has room for one more filter. */
export function hasRoomFor(subscriptions: Subscription[], topicFilter: string): boolean {
  const bytes = subscriptions.reduce((sum, [filter]) => sum + attachmentBytes(filter), attachmentBytes(topicFilter));
  return bytes <= subscriptionsInAttachmentBytes;
}

/** Serialised text takes one or two bytes a character; 16 more for the pair around it. */
function attachmentBytes(text: string): number {
  return text.length * 2 + 16;
}

/** All parts as one. Views that lie side by side, as the packets of a publisher's frame do, are not copied. */
export function concat(parts: Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const adjacent = adjacentView(parts);
  if (adjacent) return adjacent;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function adjacentView(parts: Uint8Array[]): Uint8Array | null {
  const first = parts[0];
  if (!first) return null;
  const { buffer, byteOffset } = first;
  let end = byteOffset;
  for (const part of parts) {
    if (part.buffer !== buffer || part.byteOffset !== end) return null;
    end += part.length;
  }
  return new Uint8Array(buffer, byteOffset, end - byteOffset);
}
