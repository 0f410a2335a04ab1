// Check-ins: what a device that polls says, and what it is answered. Shared by the Worker, which keeps answers at the edge, and the
// hub, which makes them.

/** What a device measured, by the stream it goes to. */
export type Metrics = Record<string, number | boolean | string>;

/** What a check-in says beyond asking. */
export interface Report {
  metrics: Metrics;
  /** Of the shadow: an object as JSON; null: nothing. */
  reported: string | null;
  /** The same of named shadows, by name. */
  reportedNamed: Record<string, string>;
  firmwareVersion: string | null;
  addresses: string[] | null;
}

/** Where a check-in came from: what the platform and the client's identification say. Null: unknown. */
export interface CheckInOrigin {
  country: string | null;
  city: string | null;
  /** Number and name of the network (autonomous system). */
  asn: number | null;
  network: string | null;
  /** The edge's three letters. */
  edge: string | null;
  address: string | null;
  /** The client's software, from `User-Agent`. */
  client: string | null;
}

/** The call of the hub. */
export interface CheckInRequest {
  deviceId: string;
  gen: number;
  report: Report | null;
  /** Cursor of the answer whose messages have been dealt with; null: none. */
  acknowledged: string | null;
  /** Whether the Worker looked for a kept answer and found none. */
  isMissing: boolean;
  origin: CheckInOrigin;
}

/** A message that waited; `topic` is below `devices/{id}/`. Bytes that are not UTF-8 come as base64. */
export type WaitingMessage = { topic: string } & ({ payload: string } | { payloadBase64: string });

/** What differs between what is wished and what the device reported. */
export interface ShadowDelta {
  version: number;
  state: Record<string, unknown>;
}

/** What is asked of a device of which its owner says how often it is to check in. */
export interface CheckInPace {
  /** How often. */
  checkInSeconds: number;
  /** How long a report counts as presence. */
  presenceSeconds: number;
}

/** Three polls may be missed by a little. */
const missedPolls = 3;

/** Null: the deployment's own. */
export function paceOf(checkInSeconds: number | null | undefined): CheckInPace | null {
  return checkInSeconds == null ? null : { checkInSeconds, presenceSeconds: missedPolls * checkInSeconds };
}

/** What the hub answers, the same until something changes. */
export interface CheckInAnswer {
  etag: string;
  delta: ShadowDelta | null;
  /** Of named shadows that have one, by name. */
  shadows: Record<string, ShadowDelta>;
  messages: WaitingMessage[];
  /** To acknowledge these messages with; null: there are none. */
  cursor: string | null;
  /** Whether more wait than were given. */
  more: boolean;
  /** How often the device is to check in; null: as the deployment says. */
  checkInSeconds: number | null;
}

/** The last check-in that reported, as its owner sees it. */
export interface LastCheckIn extends CheckInOrigin {
  seenAt: number;
  firmwareVersion: string | null;
  addresses: string[] | null;
}

/** Under which an answer is kept: a new credential has another one. */
export function checkInKey(deviceId: string, gen: number): string {
  return `checkin/${deviceId}/${gen}`;
}

/** Of KV and of the cache in front of it: together they are the longest that a change stays unseen. */
export const checkInKvSeconds = 30;
export const checkInCacheSeconds = 30;

/** Whether a kept answer does for a poll that acknowledges this: not if it has just those messages. */
export function isAnswered(answer: CheckInAnswer, acknowledged: string | null): boolean {
  return acknowledged === null || answer.cursor === null || Number(acknowledged) < Number(answer.cursor);
}
