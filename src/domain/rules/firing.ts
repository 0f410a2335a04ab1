// The log of a rule: when it fired and why, what its actions did; and when it should have fired and did not.
import type { DeliveryReport, NotificationChannel } from "../notifications.ts";
import type { StreamValue } from "../streams/values.ts";

/** Why a rule fired. `deviceName`: as it was called then. */
export interface Cause {
  type: "stream" | "offline" | "online" | "schedule" | "test";
  deviceId: string | null;
  deviceName: string | null;
  stream: string | null;
  value: StreamValue | null;
  /** The condition in words, with its threshold. */
  condition: string;
}

/** `waiting`: handed over, and not settled yet. */
export type ActionStatus = "done" | "waiting" | "delivered" | "failed" | "suppressed";

/** What became of an action, or of one channel of a notification. */
export interface ActionResult {
  type: "set" | "publish" | NotificationChannel["kind"];
  status: ActionStatus;
  /** For its owner: where it went, or what was wrong. */
  detail: string;
  /** Of a notification alone. */
  notificationId: string | null;
  /** The webhook, or the browser's subscription. */
  targetId: string | null;
}

/**
 * `fired`: its actions were done. `suppressed`: it fired more often than it may, or rules set each other off. `missed`: its
 * schedule came due while the hub could not run.
 */
export interface Firing {
  id: string;
  at: number;
  outcome: "fired" | "suppressed" | "missed";
  cause: Cause;
  /** Why it did nothing; null: it fired. */
  reason: string | null;
  actions: ActionResult[];
}

/** A rule keeps so many. */
export const keptFirings = 50;

/** The log with one more, the oldest first. */
export function withFiring(log: readonly Firing[], firing: Firing): Firing[] {
  return log.concat(firing).slice(-keptFirings);
}

/** The log after a delivery was settled; null: it changes nothing. A push may go to several browsers, each with a line. */
export function withReport(log: readonly Firing[], report: DeliveryReport): Firing[] | null {
  const { notificationId, kind, targetId, status, detail } = report;
  let changed = false;
  const after = log.map((firing) => {
    const own = firing.actions.filter((each) => each.notificationId === notificationId && each.type === kind);
    if (own.length === 0) return firing;
    const place = own.find((each) => each.targetId === targetId) ?? own.find((each) => each.status === "waiting");
    if (place?.status === status && place.detail === detail && place.targetId === targetId) return firing;
    changed = true;
    const settled = { type: kind, status, detail, notificationId, targetId };
    const actions = place
      ? firing.actions.map((each) => (each === place ? settled : each))
      : [...firing.actions, settled].slice(0, maxResults);
    return { ...firing, actions };
  });
  return changed ? after : null;
}

const maxResults = 40;
