// What a chart draws, from what the API answers.
import type uPlot from "uplot";

export interface Point {
  /** Epoch ms. */
  at: number;
  mean: number;
  min: number;
  max: number;
}

export interface ChartSeries {
  label: string;
  unit: string | null;
  /** Width of a step. */
  stepMs: number;
  points: Point[];
}

type Column = (number | null)[];

/** uPlot's columns: times in seconds, the means, and of a single series its lowest and highest values. */
export function chartData(series: ChartSeries[]): uPlot.AlignedData {
  const times = [...new Set(series.flatMap(timesOf))].toSorted((a, b) => a - b);
  const columns: Column[] = series.map((one) => columnOf(one, times, "mean"));
  const [only] = series;
  if (series.length === 1 && only) columns.push(columnOf(only, times, "min"), columnOf(only, times, "max"));
  return [times.map((at) => at / 1000), ...columns] as uPlot.AlignedData;
}

/** With a time inside each gap, at which there is no value. */
function timesOf(series: ChartSeries): number[] {
  const gapMs = gapOf(series);
  return series.points.flatMap(({ at }, index) => {
    const next = series.points[index + 1];
    return next && next.at - at > gapMs ? [at, at + series.stepMs] : [at];
  });
}

/** What is null breaks the line, what is undefined (a time of another series) does not. */
function columnOf(series: ChartSeries, times: number[], key: "mean" | "min" | "max"): Column {
  const gapMs = gapOf(series);
  const values = new Map<number, number | null>();
  series.points.forEach((point, index) => {
    values.set(point.at, point[key]);
    const next = series.points[index + 1];
    if (next && next.at - point.at > gapMs) values.set(point.at + series.stepMs, null);
  });
  return times.map((at) => values.get(at) as number | null);
}

/** A way between two points that is a gap: some steps, or far more than this series usually takes. */
function gapOf({ points, stepMs }: ChartSeries): number {
  const ways = points.slice(1).map(({ at }, index) => at - (points[index]?.at ?? at));
  const usual = ways.toSorted((a, b) => a - b)[Math.floor(ways.length / 2)] ?? stepMs;
  return Math.max(stepMs * 1.5, usual * 3);
}
