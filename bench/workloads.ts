// What is measured, and what is to be reached. The targets are those at 50 to 100 users; other sizes are shown only.
import type { Traffic } from "./servers/server.ts";

export interface Workload extends Traffic {
  name: string;
  users: number;
  /** Apps of each user that receive every message. */
  apps: number;
}

export function workload(given: { users: number } & Partial<Omit<Workload, "name">>): Workload {
  const { qos = 0, packetsPerFrame = 1, apps = 1, users } = given;
  const frames = packetsPerFrame === 1 ? "a message a frame" : `${packetsPerFrame} messages a frame`;
  const name = `QoS ${qos}, ${frames}, one to ${apps === 1 ? "one" : apps}, ${users} users`;
  return { qos, packetsPerFrame, apps, users, name };
}

export const workloads: Workload[] = [
  workload({ users: 10 }),
  workload({ users: 50 }),
  workload({ users: 100 }),
  workload({ users: 10, apps: 10 }),
  workload({ users: 50, packetsPerFrame: 10 }),
  workload({ users: 100, packetsPerFrame: 10 }),
  workload({ users: 10, qos: 1 }),
  workload({ users: 50, qos: 1 }),
  workload({ users: 100, qos: 1 }),
  workload({ users: 50, qos: 1, packetsPerFrame: 10 }),
];

/** Those on which the wake-up time is measured: few enough to be woken one by one. */
export const sleepers = workload({ users: 50 });

/** A bound for a ratio. */
export type Target = { atMost: number } | { atLeast: number };

/** What is asked of Homeport against the bare relay under the same load. */
export function targetOf({ qos, packetsPerFrame, apps, users }: Workload, value: "cpu" | "rate"): Target | null {
  if (users < 50 || apps > 1 || packetsPerFrame > 1) return null;
  if (qos === 1) return value === "cpu" ? { atMost: 1.3 } : null;
  return value === "cpu" ? { atMost: 1.15 } : { atLeast: 0.9 };
}

/** What is asked of many packets a frame at QoS 0: messages a second against the bare relay with one a frame. */
export const batchTarget: Target = { atLeast: 5 };

export function isMet(target: Target, value: number): boolean {
  return "atMost" in target ? value <= target.atMost : value >= target.atLeast;
}

export function targetText(target: Target): string {
  return "atMost" in target ? `at most ${target.atMost}` : `at least ${target.atLeast}`;
}
