// One connection between a client and the hub: what is under way in each direction, in order.
import { SimulatedSocket } from "./hub.ts";
import type { SessionLife, LinkState } from "./model/session-life.ts";
import type { ClientPacket, ConnectPacket, HubPacket, Version } from "./packets.ts";
import type { Instance } from "./model/session-life.ts";

/** A packet from the hub, and what the model takes it for. */
export type Received = HubPacket & { instance?: Instance | null };

export class Link extends SimulatedSocket {
  readonly number: number;
  readonly client: number;
  readonly version: Version;
  readonly connect: ConnectPacket;

  /** Bytes to the hub that have not arrived, and packets to where they end in the stream. */
  readonly up: { bytes: Uint8Array; at: number }[] = [];
  readonly upPackets: { packet: ClientPacket; end: number }[] = [];
  sentBytes = 0;
  arrivedBytes = 0;
  frames = 0;
  lastUpAt = 0;
  /** The client has closed: after what is under way, nothing comes. */
  isPeerClosed = false;
  /** When the platform notices that. */
  closesAt = 0;
  /** What the hub sends from now on is lost. */
  isDownBroken = false;

  /** Frames to the client that have not arrived; null: closed. */
  readonly down: { packets: Received[] | null; at: number }[] = [];
  lastDownAt = 0;

  /** Topic aliases: the client's towards the hub, and the hub's. */
  readonly aliasesOut = new Map<string, number>();
  readonly aliasesIn = new Map<number, string>();

  /** The model's: null until CONNECT was accepted. */
  session: SessionLife | null = null;
  state: LinkState | null = null;
  /** Whether its CONNECT began a new session. */
  beganSession = false;

  constructor(number: number, client: number, connect: ConnectPacket) {
    super();
    this.number = number;
    this.client = client;
    this.version = connect.version;
    this.connect = connect;
  }
}
