// Looks for a schedule that fails, and says of it what there is to say.
import { generate } from "./generate.ts";
import { runSchedule } from "./run.ts";
import { describe } from "./schedule.ts";
import { shrink } from "./shrink.ts";

/** The first of these seeds that fails, with its schedule shrunk; null: none. */
export function firstFailure(from: number, count: number): string | null {
  for (let seed = from; seed < from + count; seed++) {
    const schedule = generate(seed);
    const failure = runSchedule(schedule);
    if (failure === null) continue;
    const shrunk = shrink(schedule, failure);
    return `${shrunk.failure}\n${describe(shrunk.schedule)}\nEvery event: npm run simulate -- --only ${seed}`;
  }
  return null;
}

/** Runs one schedule, shrunk if it fails, and tells every event of the hub. */
export function explain(seed: number, tell: (line: string) => void): string | null {
  const schedule = generate(seed);
  const failure = runSchedule(schedule);
  const chosen = failure === null ? schedule : shrink(schedule, failure).schedule;
  tell(describe(chosen));
  return runSchedule(chosen, tell);
}
