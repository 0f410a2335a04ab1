// Live connections as the hub tells of them and the API shows them.

export interface ConnectionView {
  /** `con_…`; sorts by time. */
  id: string;
  /** Null: an app's. */
  deviceId: string | null;
  /** Null: a device's, or an app's that connected with a JWT of the user. */
  appTokenId: string | null;
  /** Null: not somebody's that a dashboard is shared with. */
  shareId: string | null;
  clientId: string;
  protocol: "mqtt" | "json";
  /** Null with JSON. */
  protocolVersion: "3.1.1" | "5" | null;
  door: "direct" | "relayed";
  /** Where it came in, as the platform says it: ISO two letters, the edge's three letters, the client's address. */
  country: string | null;
  edge: string | null;
  address: string | null;
  connectedAt: number;
  /** Of its last frame, to the second. */
  lastSeenAt: number;
  /** In force; 0: it may be silent for ever. */
  keepAliveSeconds: number;
  /** How long its session outlives it; 0: not at all. */
  sessionExpirySeconds: number;
  subscriptions: number;
  /** Messages of QoS 1 and 2 that it was sent and has not acknowledged. */
  inFlight: number;
  /** Messages that wait until it acknowledges others. */
  queued: number;
  queuedBytes: number;
  /** Messages to it that were dropped, since it connected. */
  dropped: number;
  /** Those dropped from its session's queue, also while nobody was connected to it. */
  droppedFromQueue: number;
  /** Messages of it that were refused, since it connected. */
  refused: number;
}

export interface ConnectionQuery {
  /** The id to continue after; null: from the oldest. */
  after: string | null;
  limit: number;
  /** Null: everybody's. */
  deviceId: string | null;
  /** Without those of devices. */
  appsOnly?: true;
}

export interface ConnectionPage {
  items: ConnectionView[];
  /** The id to continue after; null on the last page. */
  nextCursor: string | null;
}
