// The averages of a stream: for each minute, hour or day in which numbers came, their count, sum, minimum and maximum. Additive:
// what several connections have counted of one minute merges into what one would have counted.

/** One minute, hour or day of a stream. */
export interface Slot {
  /** Whole minutes, hours or days since the epoch (UTC). */
  index: number;
  count: number;
  sum: number;
  min: number;
  max: number;
}

/** In order of `index`, each once. */
export type Series = Slot[];

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** Adds what is in `slot` to the series, which keeps its order. */
export function addSlot(series: Series, slot: Slot): void {
  let at = series.length;
  while (at > 0 && (series[at - 1] as Slot).index > slot.index) at--;
  const present = series[at - 1];
  if (present?.index !== slot.index) {
    series.splice(at, 0, { ...slot });
    return;
  }
  present.count += slot.count;
  present.sum += slot.sum;
  present.min = Math.min(present.min, slot.min);
  present.max = Math.max(present.max, slot.max);
}

/** Both together; neither is changed. */
export function mergeSeries(a: Series, b: Series): Series {
  const merged: Series = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left && (!right || left.index <= right.index)) {
      addSlot(merged, left);
      i++;
    } else if (right) {
      addSlot(merged, right);
      j++;
    }
  }
  return merged;
}

/** The same in slots that are `factor` times as long: 60 minutes an hour, 24 hours a day. */
export function coarser(series: Series, factor: number): Series {
  const out: Series = [];
  for (const slot of series) addSlot(out, { ...slot, index: Math.floor(slot.index / factor) });
  return out;
}

/** Those with `from <= index < to`. */
export function between(series: Series, from: number, to: number): Series {
  return series.filter(({ index }) => index >= from && index < to);
}
