// Makes cases and tables out of what was measured.
import type { Sample, Samples } from "./measure.ts";
import { quietMedian, ratios, type Spread, spreadOf } from "./statistics.ts";
import type { WakeUp } from "./wake-up.ts";
import { batchTarget, isMet, type Target, targetOf, targetText, type Workload } from "./workloads.ts";

/** One number of the report; `target` and `met` are null where nothing is asked. */
export interface Case {
  name: string;
  value: number;
  spread: Spread;
  target: Target | null;
  met: boolean | null;
  /** Of a peer: in its workload's table and in the JSON, not in the table of cases. */
  isPeers: boolean;
}

export const hub = "homeport";
export const baseline = "bare relay";
export const unbatchedBaseline = "bare relay, a message a frame";

const rate = (sample: Sample): number => sample.messagesPerSecond;
const cpu = (sample: Sample): number => sample.cpuPerMessage;

/** What a workload says of Homeport, and of the peers that were there. */
export function casesOf(workload: Workload, samples: Samples): Case[] {
  const cases: Case[] = [];
  const bare = samples.get(baseline) ?? [];
  for (const [label, own] of samples) {
    if (label === baseline || label === unbatchedBaseline) continue;
    const targeted = (value: "cpu" | "rate"): Target | null => (label === hub ? targetOf(workload, value) : null);
    const name = `${workload.name}: ${label === hub ? "" : `${label}: `}`;
    const isPeers = label !== hub;
    cases.push({ ...caseOf(`${name}CPU a message / bare relay`, ratios(own, bare, cpu), targeted("cpu")), isPeers });
    const rates = caseOf(`${name}messages a second / bare relay`, ratios(own, bare, rate), targeted("rate"));
    cases.push({ ...rates, isPeers });
  }
  const unbatched = samples.get(unbatchedBaseline);
  if (unbatched) {
    const name = `${workload.name}: messages a second / bare relay with a message a frame`;
    cases.push(caseOf(name, ratios(samples.get(hub) ?? [], unbatched, rate), batchTarget));
  }
  return cases;
}

export function casesOfWakeUp(wakeUps: Map<string, WakeUp>): Case[] {
  return [...wakeUps].map(([name, { addedMs }]) =>
    caseOf(`wake-up, ${name}: ms added to a message by a hub that slept`, spreadOf(addedMs), null),
  );
}

function caseOf(name: string, spread: Spread, target: Target | null): Case {
  return { name, value: spread.median, spread, target, met: target && isMet(target, spread.median), isPeers: false };
}

/** A workload's contenders, a line each: absolutes, and ratios to the bare relay with the smallest and largest round. */
export function workloadTable(workload: Workload, samples: Samples): string {
  const bare = samples.get(baseline) ?? [];
  const rows = [...samples].map(([label, own]) => [
    label,
    String(Math.round(quietMedian(own, rate))),
    label === baseline ? "1" : spreadText(ratios(own, bare, rate)),
    quietMedian(own, cpu).toFixed(1),
    label === baseline ? "1" : spreadText(ratios(own, bare, cpu)),
  ]);
  return table([workload.name, "messages/s", "ratio", "CPU µs a message", "ratio"], rows);
}

export function caseTable(cases: Case[]): string {
  const own = cases.filter(({ isPeers }) => !isPeers);
  const rows = own.map(({ name, spread, target, met }) => [
    name,
    spreadText(spread),
    target ? targetText(target) : "",
    met === null ? "" : met ? "met" : "NOT MET",
  ]);
  return table(["case", "median (min to max)", "target", ""], rows);
}

export function jsonOf(cases: Case[]): string {
  const plain = cases.map(({ name, value, target, met }) => ({
    name,
    value: Number(value.toFixed(3)),
    target: target && targetText(target),
    met,
  }));
  return `${JSON.stringify({ cases: plain }, null, 2)}\n`;
}

function spreadText({ median, min, max }: Spread): string {
  return `${median.toFixed(2)} (${min.toFixed(2)} to ${max.toFixed(2)})`;
}

/** A Markdown table whose source can be read as it is. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
