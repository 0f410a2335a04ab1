// One WebSocket of the hub: what its attachment holds, how it is read back after hibernation, and what is collected
// for it within one event. Knows no packets.
import type { Subject } from "../../src/domain/access.ts";
import type { Usage } from "../../src/domain/prices/hub-usage.ts";
import type { ProtocolVersion } from "../../src/protocols/mqtt/publish.ts";
import { RecentTopics } from "../../src/protocols/mqtt/recent-topics.ts";
import type { Rate } from "./broker/rate.ts";
import type { Session, SessionState } from "./broker/session.ts";
import { concat } from "./frame.ts";
import type { RunningMinutes, RunningState } from "./streams/running-minutes.ts";

/** What the hub needs of a WebSocket. */
export interface HubSocket {
  send(data: Uint8Array | string): void;
  close(code: number, reason: string): void;
  serializeAttachment(value: unknown): void;
  deserializeAttachment(): unknown;
}

/** Who holds the connection: a device, or an app acting for the user. */
export type Holder = { kind: "device"; id: string; gen: number } | { kind: "app"; id: string };

/** An admitted holder, and when its admission ends (epoch ms). */
export interface Admission {
  holder: Holder;
  expiresAt: number | null;
}

export type Door = "direct" | "relayed";

/** Where a connection came in, as the platform says it. Null: unknown. */
export interface Origin {
  country: string | null;
  /** The edge's three letters. */
  edge: string | null;
  address: string | null;
}

/**
 * What survives hibernation, in the socket's attachment: 16,384 bytes at most. Worst case here: 2 KB of `partial`, 3 KB
 * of subscriptions, 1 KB of topic aliases, 4 KB of running minutes, 100 packet ids in flight, 500 received ones, 256 bytes of
 * client id; below 14 KB.
 */
export interface ConnectionState {
  id: string;
  /** Of the upgrade, at most 64 characters; names it in the log. */
  requestId: string | null;
  door: Door;
  origin: Origin;
  openedAt: number;
  /** When its time is over, epoch ms; null: it has no bound. */
  endsAt: number | null;
  /** From the upgrade; CONNECT's password goes before it, unless the relayed door has read that already. */
  upgradeAdmission: Admission | null;
  /** Null until the client is accepted: by CONNECT, or with JSON by its upgrade. */
  client: ClientState | null;
  /** The session's, as long as it has this connection. */
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
  /** What it has published to streams and is not in SQLite yet. */
  running: RunningState | null;
  /** What it was metered at since the last fold. The attachment is not written for it: of a burst the last second may be missing. */
  usage: Usage;
  /** Counts of others that no connection holds, kept here because that costs nothing. */
  carried: Record<string, Usage> | null;
}

/** What an accepted client said about itself, and what lasts as long as its connection. */
export interface ClientState {
  protocol: "mqtt" | "json";
  /** Of MQTT; JSON has the semantics of 5. */
  version: ProtocolVersion;
  admission: Admission;
  /** In force; 0: none. */
  keepAliveSeconds: number;
  receiveMaximum: number;
  /** The largest packet the client takes; null: any. */
  maximumPacketBytes: number | null;
  /** How many topic aliases the client takes. */
  topicAliasMaximum: number;
  /** Whether reason strings are wanted [MQTT-3.1.2-29]. */
  problemInformation: boolean;
  hasWill: boolean;
  connectedAt: number;
  /** Topics behind the client's own aliases, as far as they fit; further ones in `topic_aliases`. */
  aliases: [alias: number, topic: string][];
  tableAliases: number;
  /** Messages to it that were dropped, and messages of it that were refused. */
  dropped: number;
  refused: number;
}

/** The state of a client that was just accepted. */
export function newClient(
  given: Pick<ClientState, "protocol" | "version" | "admission" | "connectedAt"> & Partial<ClientState>,
): ClientState {
  return {
    keepAliveSeconds: 0,
    receiveMaximum: 65_535,
    maximumPacketBytes: null,
    topicAliasMaximum: 0,
    problemInformation: true,
    hasWill: false,
    aliases: [],
    tableAliases: 0,
    dropped: 0,
    refused: 0,
    ...given,
  };
}

/** What leaves in one piece: an MQTT packet, or a JSON text. */
export type Packet = Uint8Array | string;

/** memory: rebuilt on wake from the attachment. */
export class Connection {
  readonly socket: HubSocket;
  readonly state: ConnectionState;
  /** Null before the client is accepted, and once the session has gone on to another connection or has ended. */
  session: Session | null = null;
  /** Packets for this socket within the present event: MQTT packets leave in one or two frames, JSON texts in one each. */
  #first: Packet | null = null;
  readonly #further: Packet[] = [];
  outBytes = 0;
  /** Bytes sent since the client was last heard of. What a peer that has stopped reading costs cannot be seen otherwise. */
  unheardBytes = 0;
  /** Topics it has published to, and of each whether its subject may. */
  readonly recentTopics = new RecentTopics();
  readonly publishRights = new Map<string, boolean>();
  #subject: Subject | null = null;
  /** Its topic aliases; null: not read since the wake. */
  inboundAliases: Map<number, string> | null = null;
  /** The aliases we use towards it. May be lost: an alias is said anew together with its topic. */
  outboundAliases: Map<string, number> | null = null;
  /** What it may still publish this second; null: nothing published since the wake. */
  rates: { messages: Rate; bytes: Rate } | null = null;
  /** Chunks of an unfinished packet, and the packet's length once its header is known. */
  partial: { chunks: Uint8Array[]; bytes: number; needed: number | null } | null = null;
  /** An index over `state.running`; null: not made since the wake, or there is none. */
  running: RunningMinutes | null = null;
  /** Whether `state` differs from the attachment. */
  dirty = false;
  /** Whether the broker will come back to it when the present event ends. */
  touched = false;
  /** The next one of those. */
  nextTouched: Connection | null = null;
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

  /** Most events have one packet for a socket: the first one is kept without an array. */
  collect(packet: Packet): void {
    this.outBytes += packet.length;
    if (this.#first === null) this.#first = packet;
    else this.#further.push(packet);
  }

  /** Sends what was collected. To a peer that is gone it goes nowhere; its close event follows. */
  flush(): void {
    const first = this.#first;
    if (first === null) return;
    this.#first = null;
    this.outBytes = 0;
    try {
      if (this.#further.length === 0) this.socket.send(first);
      else for (const frame of this.#frames([first, ...this.#further.splice(0)])) this.socket.send(frame);
    } catch {
      // We have closed this socket already; nobody else's event may suffer from it.
    }
  }

  #frames(out: Packet[]): Packet[] {
    const { state } = this;
    if (state.client?.protocol === "json") return out;
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
