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
  /** Width of a step; a longer way between two points is a gap. */
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
function timesOf({ points, stepMs }: ChartSeries): number[] {
  return points.flatMap(({ at }, index) => {
    const next = points[index + 1];
    return next && next.at - at > stepMs * 1.5 ? [at, at + stepMs] : [at];
  });
}

/** What is null breaks the line, what is undefined (a time of another series) does not. */
function columnOf({ points, stepMs }: ChartSeries, times: number[], key: "mean" | "min" | "max"): Column {
  const values = new Map<number, number | null>();
  points.forEach((point, index) => {
    values.set(point.at, point[key]);
    const next = points[index + 1];
    if (next && next.at - point.at > stepMs * 1.5) values.set(point.at + stepMs, null);
  });
  return times.map((at) => values.get(at) as number | null);
}
