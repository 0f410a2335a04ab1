// The live feed of a device: what happens to it, for whoever watches.

export type FeedEvent =
  | { type: "connected"; connectionId: string; protocol: string; country: string | null; edge: string | null }
  | { type: "disconnected"; connectionId: string; reasonCode: number; reason: string }
  | { type: "published"; topic: string; bytes: number; qos: number; by: "device" | "app" }
  | { type: "refused"; topic: string; reasonCode: number }
  | { type: "configured" };

/** `at`: epoch ms. */
export type FeedEntry = { at: number } & FeedEvent;

export interface RecordedFeed {
  /** The oldest first. */
  items: FeedEntry[];
  /** Until when everything is recorded, epoch ms; null: errors alone are. */
  recordingUntil: number | null;
}

export function feedTopic(deviceId: string): string {
  return `devices/${deviceId}/feed`;
}

/** Whether a subscription asks for feeds by name. One to everything does not, and so does not turn them on. */
export function isFeedFilter(levels: readonly string[]): boolean {
  return levels.length === 3 && levels[0] === "devices" && levels[2] === "feed";
}
