// Makes a failing schedule shorter and plainer, as long as it fails in the same way.
import { runSchedule } from "./run.ts";
import type { Schedule, Step } from "./schedule.ts";

/** What kind of failure it is: the first line without numbers. */
function kindOf(failure: string): string {
  return (failure.split("\n")[0] ?? "").replace(/\d+/g, "N").replace(/x+/g, "");
}

export function shrink(schedule: Schedule, failure: string): { schedule: Schedule; failure: string } {
  const kind = kindOf(failure);
  let best = { schedule, failure };
  const improve = (candidate: Schedule): boolean => {
    const found = runSchedule(candidate);
    if (found === null || kindOf(found) !== kind) return false;
    best = { schedule: candidate, failure: found };
    return true;
  };
  for (let round = 0; round < 6; round++) {
    const before = JSON.stringify(best.schedule);
    removeSteps(() => best.schedule, improve);
    simplifySteps(() => best.schedule, improve);
    improve({ ...best.schedule, limits: {} });
    best.schedule.versions.forEach((_, i) =>
      improve({ ...best.schedule, versions: best.schedule.versions.with(i, 5) }),
    );
    if (JSON.stringify(best.schedule) === before) break;
  }
  return best;
}

/** Leaves out ever shorter runs of steps. */
function removeSteps(current: () => Schedule, improve: (candidate: Schedule) => boolean): void {
  for (let length = Math.ceil(current().steps.length / 2); length >= 1; length = Math.floor(length / 2)) {
    for (let at = 0; at < current().steps.length;) {
      const { steps } = current();
      if (!improve({ ...current(), steps: [...steps.slice(0, at), ...steps.slice(at + length)] })) at += length;
    }
  }
}

const plain: Record<string, unknown> = {
  afterMs: 1000,
  cleanStart: false,
  sessionExpirySeconds: 300,
  receiveMaximum: null,
  maximumPacketBytes: null,
  topicAliasMaximum: 0,
  keepAliveSeconds: 0,
  will: null,
  qos: 0,
  retain: false,
  expirySeconds: null,
  isEmpty: false,
  padding: 0,
  count: 1,
  withAlias: false,
  withWill: false,
  filters: 0,
  messages: 0,
  subscriptionId: null,
  upShare: 1,
  downShare: 1,
  share: 1,
  topic: "shared/a",
};

const plainRequest = {
  qos: 2,
  noLocal: false,
  retainAsPublished: false,
  retainHandling: 2,
  filter: "shared/a",
} as const;

/** Gives each detail its plainest value. */
function simplifySteps(current: () => Schedule, improve: (candidate: Schedule) => boolean): void {
  current().steps.forEach((original, at) => {
    const replace = (change: object) => {
      const { steps } = current();
      improve({ ...current(), steps: steps.with(at, { ...(steps[at] as Step), ...change } as Step) });
    };
    for (const key of Object.keys(original)) {
      if (key in plain && (original as Record<string, unknown>)[key] !== plain[key]) replace({ [key]: plain[key] });
    }
    if (original.do !== "subscribe") return;
    for (const [key, value] of Object.entries(plainRequest)) {
      const now = current().steps[at];
      if (now?.do === "subscribe" && now.request[key as keyof typeof plainRequest] !== value) {
        replace({ request: { ...now.request, [key]: value } });
      }
    }
  });
}
