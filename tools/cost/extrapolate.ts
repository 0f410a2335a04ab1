// From what was counted of a few hubs in two hours to the month's bill at full size: every factor by name, so that it can be printed.
import { type Bill, billOf } from "../../src/domain/prices/bill.ts";
import { handlerMs } from "../../src/domain/prices/handler-time.ts";
import {
  bytesPerGigabyte,
  messagesPerRequest,
  objectGigabytes,
  type Operations,
  sumOf,
} from "../../src/domain/prices/operations.ts";
import type { PriceList } from "../../src/domain/prices/price-list.ts";
import {
  connectsPerMonth,
  keptDays,
  type Counted,
  replayedHubs,
  replayedSeconds,
  type Replay,
  secondsPerMonth,
  type Workload,
} from "./workloads.ts";

/** Hours of averages that a hub holds at most: a day, and until it is archived in the night that follows. */
const hoursInHub = 28;
/** An operation of R2 as a handler waits for it; assumed, not measured. */
const r2Ms = 100;
/** Delivering an event and sending what it caused, beside what the handler itself takes: the bare relay of docs/speed.md, rounded up. */
const platformMsPerFrame = 0.025;

export interface Month {
  /** What was assumed and measured, as it is printed. */
  factors: [name: string, value: string][];
  bill: Bill;
  /** Milliseconds per incoming frame. */
  handlerMsPerFrame: number;
}

const integer = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const precise = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });

export function monthOf(workload: Workload, replay: Replay, prices: PriceList): Month {
  const hubsTimes = workload.hubs / replayedHubs;
  const timeTimes = secondsPerMonth / replayedSeconds;
  const { steady, setup } = replay;
  const handlerMsPerFrame = replay.handlerMs / steady.frames + platformMsPerFrame;
  // Those of making the schema happen before anything can be wrapped; the hub's own meter has them.
  const wrappedRows = setup.rowsWritten + setup.setAlarms + steady.rowsWritten + steady.setAlarms;
  const bornRows = Math.max(0, replay.metered.rowsWritten - wrappedRows);
  const perHub = replay.storedAfter / replayedHubs;
  const grownPerHour = Math.max(0, replay.storedAfter - replay.storedBefore) / replayedHubs / (replayedSeconds / 3600);
  const storedPerHub = perHub + grownPerHour * hoursInHub;
  const daysTimes = 24 / (replayedSeconds / 3600);
  const days = secondsPerMonth / 86_400;
  const { archiving, archived } = replay;
  // Two hours have a twelfth of a day's minutes and hours, and a whole day's one day.
  const archivedBytes = [
    archived.minutes * daysTimes * keptDays.minutes,
    archived.hours * daysTimes * keptDays.hours,
    archived.days * keptDays.days,
  ];
  const archivedPerHub = archivedBytes.reduce((sum, bytes) => sum + bytes, 0) / replayedHubs;
  const r2Operations = archiving.r2ReadOperations + archiving.r2WriteOperations;
  const wholeDay = {
    ...archiving,
    rowsRead: archiving.rowsRead * daysTimes,
    rowsWritten: archiving.rowsWritten * daysTimes,
  };
  const counts = sumOf(
    [operationsOf(steady, handlerMsPerFrame), hubsTimes * timeTimes],
    [
      operationsOf({ ...setup, rowsWritten: setup.rowsWritten + bornRows }, handlerMsPerFrame),
      hubsTimes * connectsPerMonth,
    ],
    [operationsOf(wholeDay, handlerMsPerFrame), hubsTimes * days],
    [{ objectGigabyteSeconds: ((r2Operations * r2Ms) / 1000) * objectGigabytes }, hubsTimes * days],
    [{ storedGigabyteMonths: storedPerHub / bytesPerGigabyte }, workload.hubs],
    [{ r2GigabyteMonths: archivedPerHub / bytesPerGigabyte }, workload.hubs],
  );
  const counted = Object.entries({ ...steady, published: replay.published, relayed: replay.relayed });
  const factors: Month["factors"] = [
    ["hubs", `${workload.hubs} of ${workload.devicesPerHub} devices${workload.hasApp ? " and an app" : ""}`],
    ["hubs replayed", `${replayedHubs}, so times ${precise.format(hubsTimes)}`],
    [
      "time replayed",
      `${replayedSeconds / 3600} h of ${secondsPerMonth / 3600} h, so times ${precise.format(timeTimes)}`,
    ],
    ["messages a month", integer.format(replay.published * hubsTimes * timeTimes)],
    [
      "counted in that time",
      counted
        .filter(([, n]) => n > 0)
        .map(([name, n]) => `${name} ${integer.format(n)}`)
        .join(", "),
    ],
    ["everybody connects", `${connectsPerMonth} times a month; each time ${describe(setup)}`],
    [
      "rows of a hub's schema",
      `${precise.format(bornRows / replayedHubs)}, counted with each connect though written once`,
    ],
    ["incoming frames", `${messagesPerRequest} are a request`],
    [
      "handler time",
      `${precise.format(handlerMsPerFrame)} ms a frame: ${precise.format(replay.handlerMs / steady.frames)} measured here, ${platformMsPerFrame} for the platform's part`,
    ],
    ["beside frames", `${handlerMs.request} ms a request, ${handlerMs.alarm} ms an alarm; at ${objectGigabytes} GB`],
    [
      "stored by a hub",
      `${integer.format(perHub)} bytes after the two hours, growing by ${integer.format(grownPerHour)} an hour for ${hoursInHub} hours`,
    ],
    [
      "archived in a night",
      `${describe(archiving) || "nothing"}; rows times ${daysTimes}, for a whole day; ${days} nights a month; ${r2Ms} ms of handler time for each operation of R2`,
    ],
    [
      "archive of a hub",
      `${integer.format(archivedPerHub)} bytes once it is full: minutes of ${keptDays.minutes} days, hours of ${keptDays.hours}, days of ${keptDays.days}`,
    ],
  ];
  return { factors, bill: billOf(counts, prices), handlerMsPerFrame };
}

function operationsOf(counted: Counted, handlerMsPerFrame: number): Operations {
  const { frames, hubRequests, alarms, rowsRead, rowsWritten, setAlarms, ...same } = counted;
  const ms = frames * handlerMsPerFrame + hubRequests * handlerMs.request + alarms * handlerMs.alarm;
  return {
    ...same,
    objectRequests: frames / messagesPerRequest + hubRequests + alarms,
    objectGigabyteSeconds: (ms / 1000) * objectGigabytes,
    rowsRead,
    rowsWritten: rowsWritten + setAlarms,
  };
}

function describe(counted: Counted): string {
  const used = Object.entries(counted).filter(([, count]) => count > 0);
  return used.map(([name, count]) => `${name} ${integer.format(count)}`).join(", ");
}

/** How slow a handler may be before a workload with its frames misses its target, all else being equal: milliseconds a frame. */
export function slowestHandler(target: number, bill: Bill, frames: number, { prices }: PriceList): number {
  const { price, per, included } = prices.objectGigabyteSeconds;
  const duration = bill.lines.find(({ operation }) => operation === "objectGigabyteSeconds");
  const others = bill.net - (duration?.net ?? 0);
  const gigabyteSeconds = included + (Math.max(0, target - others) / price) * per;
  return (gigabyteSeconds / objectGigabytes / frames) * 1000;
}
