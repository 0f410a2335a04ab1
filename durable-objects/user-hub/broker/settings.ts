// What a deployment decides about its hubs; src/config.ts says what each is for.
import type { KeyRing } from "../../../src/identity/keys.ts";

export interface BrokerSettings {
  hubId: string;
  keys: KeyRing;
  maxPacketBytes: number;
  maxConnections: number;
  maxSubscriptions: number;
  maxRetainedMessages: number;
  maxRetainedBytes: number;
  maxKeepAliveSeconds: number;
  /** 0: no bound. */
  maxConnectionSeconds: number;
  maxSessions: number;
  maxSessionExpirySeconds: number;
  /** Of one session. */
  maxQueuedMessages: number;
  maxQueuedBytes: number;
  /** Of all sessions together. */
  maxTotalQueuedBytes: number;
  maxQueuedSeconds: number;
  /** Of one connection. */
  maxMessagesPerSecond: number;
  maxBytesPerSecond: number;
  /** Messages of the whole hub that have to be stored. */
  maxStoredPerSecond: number;
  /** 0: silence is always noticed exactly. */
  presenceSweepSeconds: number;
  /** How long a check-in that reports counts as presence. */
  checkInPresenceSeconds: number;
}
