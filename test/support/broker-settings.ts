// A broker's settings for tests that run one without its Durable Object: generous, apart from what a test is about.
import type { PartSettings } from "../../durable-objects/user-hub/parts.ts";

export function brokerSettings(given: Pick<PartSettings, "hubId" | "keys"> & Partial<PartSettings>): PartSettings {
  return {
    maxPacketBytes: 262_144,
    maxConnections: 10_000,
    maxSubscriptions: 1000,
    maxRetainedMessages: 10_000,
    maxRetainedBytes: 67_108_864,
    maxKeepAliveSeconds: 60,
    maxConnectionSeconds: 0,
    maxSessions: 10_000,
    maxSessionExpirySeconds: 2_592_000,
    maxQueuedMessages: 1000,
    maxQueuedBytes: 4_194_304,
    maxTotalQueuedBytes: 268_435_456,
    maxQueuedSeconds: 604_800,
    maxMessagesPerSecond: 1_000_000,
    maxBytesPerSecond: 1_000_000_000,
    maxStoredPerSecond: 1_000_000,
    presenceSweepSeconds: 600,
    streamFlushSeconds: 300,
    maxStreams: 100,
    streamMinutesDays: 90,
    keepsReports: true,
    checkInPresenceSeconds: 180,
    ...given,
  };
}
