// The numbers that a run gives, each with its name and, where something is asked of it, its target. A case that was not
// run is there too, and says why.
import type { Samples } from "./measure.ts";
import { ratios, type Spread } from "./statistics.ts";
import { label, type Measure, questionsOf, type Target, type Workload } from "./workloads.ts";

export interface Case {
  name: string;
  /** Null: not run. */
  value: number | null;
  /** Where there were many rounds. */
  spread: Spread | null;
  /** What the value counts; "" for a ratio. */
  unit: string;
  target: Target | null;
  /** Null: nothing is asked, or it was not run. */
  met: boolean | null;
  /** Why there is no value; "" when there is one. */
  notRun: string;
  /** In its workload's table and in the JSON, not in the table of cases. */
  isAside: boolean;
}

export interface CasePlan {
  name: string;
  unit?: string;
  target?: Target | null;
  isAside?: boolean;
}

export function caseOf(plan: CasePlan, result: Spread | number): Case {
  const value = typeof result === "number" ? result : result.median;
  const target = plan.target ?? null;
  return {
    name: plan.name,
    value,
    spread: typeof result === "number" ? null : result,
    unit: plan.unit ?? "",
    target,
    met: target && isMet(target, value),
    notRun: "",
    isAside: plan.isAside ?? false,
  };
}

export function caseNotRun(plan: CasePlan, reason: string): Case {
  return { ...caseOf(plan, 0), value: null, met: null, notRun: reason };
}

/** What a workload says of everybody that was measured; `failure` when it could not be measured. */
export function casesOf(workload: Workload, samples: Samples | null, failure: string): Case[] {
  return questionsOf(workload).map(({ name, ours, theirs, measure, target }) => {
    const plan = { name, target, isAside: ours !== label.hub };
    const own = samples?.get(ours);
    const other = samples?.get(theirs);
    const spread = own && other ? ratios(own, other, valueOf[measure]) : null;
    if (spread) return caseOf(plan, spread);
    if (own && other) return caseNotRun(plan, "nothing was done in the rounds");
    return caseNotRun(plan, failure || `${own ? theirs : ours} was not there`);
  });
}

export const valueOf: Record<Measure, (sample: { messagesPerSecond: number; cpuPerMessage: number }) => number> = {
  cpu: (sample) => sample.cpuPerMessage,
  rate: (sample) => sample.messagesPerSecond,
};

function isMet(target: Target, value: number): boolean {
  return "atMost" in target ? value <= target.atMost : value >= target.atLeast;
}
