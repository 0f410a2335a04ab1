// Numbers out of noisy rounds: medians, quartiles, and ratios of what was measured next to each other.
import type { Sample } from "./measure.ts";

export interface Spread {
  median: number;
  /** The quartiles. */
  low: number;
  high: number;
}

/** The value below which this share of the values lies, interpolated. */
function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const below = sorted[Math.floor(at)]!;
  return below + (sorted[Math.ceil(at)]! - below) * (at % 1);
}

export function median(values: number[]): number {
  return quantile(values, 0.5);
}

export function spreadOf(values: number[]): Spread {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

type Rounds = (Sample | null)[];

/**
 * Ratios of one contender to another, round by round, over the half of the rounds that neighbours disturbed least. Null:
 * there is no round in which both got something done.
 */
export function ratios(ours: Rounds, theirs: Rounds, value: (sample: Sample) => number): Spread | null {
  const pairs = ours.flatMap((own, round) => {
    const other = theirs[round];
    if (!own || !other) return [];
    return [{ ratio: value(own) / value(other), disturbed: Math.max(own.disturbed, other.disturbed) }];
  });
  return pairs.length === 0 ? null : spreadOf(quieterHalf(pairs).map(({ ratio }) => ratio));
}

/** The median of one contender by itself, over the half of its rounds that neighbours disturbed least. */
export function quietMedian(rounds: Rounds, value: (sample: Sample) => number): number {
  return median(quieterHalf(rounds.filter((sample) => sample !== null)).map(value));
}

function quieterHalf<T extends { disturbed: number }>(rounds: T[]): T[] {
  return rounds.toSorted((a, b) => a.disturbed - b.disturbed).slice(0, Math.ceil(rounds.length / 2));
}
