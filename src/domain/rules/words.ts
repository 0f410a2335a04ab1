// A rule's condition in words, for logs and notifications.
import type { StreamTrigger, Trigger } from "./rule.ts";

const comparisons: Record<StreamTrigger["is"], string> = {
  above: "above",
  below: "below",
  equal: "equal to",
  notEqual: "not equal to",
  changed: "changed",
};

export function conditionOf(trigger: Trigger): string {
  switch (trigger.type) {
    case "stream": {
      const { stream, is, value, forSeconds } = trigger;
      const threshold = value === null ? "" : ` ${JSON.stringify(value)}`;
      return `${stream} ${comparisons[is]}${threshold}${forSeconds > 0 ? ` for ${duration(forSeconds)}` : ""}`;
    }
    case "offline":
      return `offline for ${duration(trigger.forSeconds)}`;
    case "online":
      return trigger.forSeconds > 0 ? `online after ${duration(trigger.forSeconds)} away` : "online";
    case "schedule": {
      const { when, timeZone } = trigger;
      if ("cron" in when) return `${when.cron} (${timeZone})`;
      const days = when.days.length === 0 || when.days.length === 7 ? "every day" : when.days.join(", ");
      return `${when.time} ${days} (${timeZone})`;
    }
  }
}

function duration(seconds: number): string {
  for (const [unit, size] of [
    ["h", 3600],
    ["min", 60],
  ] as const) {
    if (seconds >= size && seconds % size === 0) return `${seconds / size} ${unit}`;
  }
  return `${seconds} s`;
}
