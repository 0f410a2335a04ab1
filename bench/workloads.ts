// What is measured under load, and what is asked about it. The targets hold at 50 to 100 users; other sizes are shown only.
import type { Traffic } from "./servers/server.ts";

export interface Workload extends Traffic {
  name: string;
  users: number;
  /** Apps of each user that receive every message. */
  apps: number;
  /** Instead of apps: one that is absent, and whose session every message has to be kept for. */
  toAbsent: boolean;
  /** Takes so long that only `--long` has it. */
  isLong: boolean;
}

export function workload(given: { users: number } & Partial<Omit<Workload, "name">>): Workload {
  const { qos = 0, packetsPerFrame = 1, toAbsent = false, users, isLong = false } = given;
  const apps = toAbsent ? 0 : (given.apps ?? 1);
  const frames = packetsPerFrame === 1 ? "a message a frame" : `${packetsPerFrame} messages a frame`;
  const to = toAbsent ? "an absent one" : apps === 1 ? "one" : apps;
  const name = `QoS ${qos}, ${frames}, one to ${to}, ${users} users`;
  return { qos, packetsPerFrame, apps, users, isLong, toAbsent, name };
}

const few = [10, 50, 100];

export const workloads: Workload[] = [
  ...[...few, 1000].map((users) => workload({ users })),
  ...few.map((users) => workload({ users, apps: 10 })),
  workload({ users: 1000, apps: 10, isLong: true }),
  ...few.map((users) => workload({ users, packetsPerFrame: 10 })),
  workload({ users: 1000, packetsPerFrame: 10, isLong: true }),
  workload({ users: 50, packetsPerFrame: 10, apps: 10, isLong: true }),
  ...[...few, 1000].map((users) => workload({ users, qos: 1 })),
  workload({ users: 10, qos: 1, apps: 10 }),
  workload({ users: 50, qos: 1, apps: 10, isLong: true }),
  workload({ users: 100, qos: 1, apps: 10 }),
  workload({ users: 1000, qos: 1, apps: 10, isLong: true }),
  ...few.map((users) => workload({ users, qos: 1, packetsPerFrame: 10 })),
  workload({ users: 1000, qos: 1, packetsPerFrame: 10, isLong: true }),
  workload({ users: 50, qos: 2 }),
  workload({ users: 50, qos: 1, toAbsent: true }),
];

/** Those on which the wake-up time is measured: few enough to be woken one by one. */
export const sleepers = workload({ users: 50 });

/** Who is measured. The bare relay is what everybody is compared with. */
export const label = {
  hub: "homeport",
  relayed: "homeport, relayed",
  baseline: "bare relay",
  unbatched: "bare relay, a message a frame",
  mosquitto: "mosquitto",
  aedes: "aedes",
} as const;

export const measures = { cpu: "CPU a message", rate: "messages a second" };
export type Measure = keyof typeof measures;

/** A ratio that a workload gives an answer to. */
export interface Question {
  name: string;
  ours: string;
  theirs: string;
  measure: Measure;
  target: Target | null;
}

/** A bound for a value. */
export type Target = { atMost: number } | { atLeast: number };

export function questionsOf(given: Workload): Question[] {
  const questions: Question[] = [];
  function ask(ours: string, theirs: string, measure: Measure, target: Target | null = null): void {
    const who = ours === label.hub ? "" : `${ours}: `;
    const name = `${given.name}: ${who}${measures[measure]} / ${theirs}`;
    questions.push({ name, ours, theirs, measure, target });
  }
  for (const ours of [label.hub, label.relayed, label.mosquitto, label.aedes]) {
    const isHub = ours === label.hub;
    ask(ours, label.baseline, "cpu", isHub ? targetOf(given, "cpu") : null);
    ask(ours, label.baseline, "rate", isHub ? targetOf(given, "rate") : null);
  }
  const isTargeted = given.users >= 50 && given.users <= 100 && !given.toAbsent;
  ask(label.hub, label.aedes, "cpu");
  ask(label.hub, label.aedes, "rate", isTargeted ? { atLeast: 1 } : null);
  if (hasUnbatched(given)) {
    ask(label.hub, label.mosquitto, "rate");
    ask(label.hub, label.unbatched, "rate", isTargeted && given.apps === 1 ? { atLeast: 5 } : null);
  }
  return questions;
}

/** Whether the bare relay is also measured with the packets in a frame each. */
export function hasUnbatched({ packetsPerFrame, qos }: Workload): boolean {
  return packetsPerFrame > 1 && qos === 0;
}

/** What is asked of Homeport against the bare relay under the same load. */
function targetOf({ qos, packetsPerFrame, apps, users, toAbsent }: Workload, measure: Measure): Target | null {
  if (toAbsent || users < 50 || users > 100 || apps > 1 || packetsPerFrame > 1 || qos === 2) return null;
  if (qos === 1) return measure === "cpu" ? { atMost: 1.3 } : null;
  return measure === "cpu" ? { atMost: 1.15 } : { atLeast: 0.9 };
}
