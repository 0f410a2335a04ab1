// Hands the deployment's configuration to the broker and its parts.
import type { Config } from "../../src/config.ts";
import { readKeyRing } from "../../src/identity/keys.ts";
import type { PartSettings } from "./parts.ts";

export function brokerSettings(hubId: string, config: Config): PartSettings {
  return {
    hubId,
    keys: readKeyRing(config.SIGNING_KEYS),
    maxPacketBytes: config.MAX_PACKET_BYTES,
    maxConnections: config.MAX_CONNECTIONS,
    maxSubscriptions: config.MAX_SUBSCRIPTIONS,
    maxRetainedMessages: config.MAX_RETAINED_MESSAGES,
    maxRetainedBytes: config.MAX_RETAINED_BYTES,
    maxKeepAliveSeconds: config.MAX_KEEP_ALIVE_SECONDS,
    maxConnectionSeconds: config.MAX_CONNECTION_SECONDS,
    maxSessions: config.MAX_SESSIONS,
    maxSessionExpirySeconds: config.MAX_SESSION_EXPIRY_SECONDS,
    maxQueuedMessages: config.MAX_QUEUED_MESSAGES,
    maxQueuedBytes: config.MAX_QUEUED_BYTES,
    maxTotalQueuedBytes: config.MAX_TOTAL_QUEUED_BYTES,
    maxQueuedSeconds: config.MAX_QUEUED_SECONDS,
    maxMessagesPerSecond: config.MAX_MESSAGES_PER_SECOND,
    maxBytesPerSecond: config.MAX_BYTES_PER_SECOND,
    maxStoredPerSecond: config.MAX_STORED_PER_SECOND,
    presenceSweepSeconds: config.PRESENCE_SWEEP_SECONDS,
    streamFlushSeconds: config.STREAM_FLUSH_SECONDS,
    maxStreams: config.MAX_STREAMS,
    streamMinutesDays: config.STREAM_MINUTES_DAYS,
    keepsReports: config.CHECKIN_RAW_DAYS > 0,
    checkInPresenceSeconds: config.CHECKIN_PRESENCE_SECONDS,
  };
}
