// Makes tables and JSON out of what was measured.
import { type Case, valueOf } from "./cases.ts";
import type { Samples } from "./measure.ts";
import { quietMedian, ratios, type Spread } from "./statistics.ts";
import { label, type Target, type Workload } from "./workloads.ts";

/** A workload's contenders, a line each: absolutes, and ratios to the bare relay with their quartiles. */
export function workloadTable(workload: Workload, samples: Samples): string {
  const bare = samples.get(label.baseline) ?? [];
  const rows = [...samples].map(([name, own]) => [
    name,
    String(Math.round(quietMedian(own, valueOf.rate))),
    name === label.baseline ? "1" : spreadText(ratios(own, bare, valueOf.rate)),
    quietMedian(own, valueOf.cpu).toFixed(1),
    name === label.baseline ? "1" : spreadText(ratios(own, bare, valueOf.cpu)),
  ]);
  return table([workload.name, "messages/s", "ratio", "CPU µs a message", "ratio"], rows);
}

export function caseTable(cases: Case[]): string {
  const rows = cases
    .filter(({ isAside, value }) => !isAside && value !== null)
    .map((each) => [each.name, valueText(each), each.target ? targetText(each.target) : "", metText(each)]);
  return table(["case", "median (quartiles)", "target", ""], rows);
}

/** What was left out, a line for each reason. */
export function notRunText(cases: Case[]): string {
  const reasons = Map.groupBy(
    cases.filter(({ value }) => value === null),
    ({ notRun }) => notRun,
  );
  return [...reasons].map(([reason, { length }]) => `${length} cases were not run: ${reason}.`).join("\n");
}

/** `target` and `met` are null where nothing is asked; a case that was not run has no value and says why. */
export function jsonOf(cases: Case[]): string {
  const rounded = (value: number): number => Number(value.toFixed(3));
  const plain = cases.map(({ name, value, unit, spread, target, met, notRun }) => ({
    name,
    value: value === null ? null : rounded(value),
    target: target && targetText(target),
    met,
    ...(unit && { unit }),
    ...(value !== null && spread && { quartiles: [rounded(spread.low), rounded(spread.high)] }),
    ...(notRun && { notRun }),
  }));
  return `${JSON.stringify({ cases: plain }, null, 2)}\n`;
}

function valueText({ value, spread, unit }: Case): string {
  if (value === null) return "";
  const text = spread ? spreadText(spread) : numberText(value);
  return unit === "" ? text : `${text} ${unit}`;
}

function metText({ met }: Case): string {
  return met === null ? "" : met ? "met" : "NOT MET";
}

function targetText(target: Target): string {
  return "atMost" in target ? `at most ${target.atMost}` : `at least ${target.atLeast}`;
}

function spreadText(spread: Spread | null): string {
  if (!spread) return "–";
  const { median, low, high } = spread;
  return `${numberText(median)} (${numberText(low)} to ${numberText(high)})`;
}

/** Three digits that say something. */
function numberText(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}

/** A Markdown table whose source can be read as it is. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: string[]): string => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
