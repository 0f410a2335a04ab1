// Numbers out of noisy rounds: medians, and ratios of what was measured next to each other.
import type { Sample } from "./measure.ts";

export interface Spread {
  median: number;
  min: number;
  max: number;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function spreadOf(values: number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** Ratios of one contender to another, round by round, over the half of the rounds that neighbours disturbed least. */
export function ratios(ours: Sample[], theirs: Sample[], value: (sample: Sample) => number): Spread {
  const pairs = ours.map((sample, round) => {
    const other = theirs[round]!;
    return { ratio: value(sample) / value(other), disturbed: Math.max(sample.disturbed, other.disturbed) };
  });
  const quiet = pairs.toSorted((a, b) => a.disturbed - b.disturbed).slice(0, Math.ceil(pairs.length / 2));
  return spreadOf(quiet.map(({ ratio }) => ratio));
}

/** The median of one contender by itself, over the half of its rounds that neighbours disturbed least. */
export function quietMedian(samples: Sample[], value: (sample: Sample) => number): number {
  const quiet = samples.toSorted((a, b) => a.disturbed - b.disturbed).slice(0, Math.ceil(samples.length / 2));
  return median(quiet.map(value));
}
