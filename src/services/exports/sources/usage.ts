// What was metered, a line a day.
import { dayOfInstant, instantOfDay } from "../../../domain/usage.ts";
import type { ExportSource } from "../export-work.ts";

/** Days the hub keeps, and those of one call. */
const keptDays = 400;
const daysPerCall = 50;

export const usage: ExportSource = {
  async read(work, position) {
    if (work.hub === null) return null;
    const today = dayOfInstant(work.ctx.now());
    const from = (position as number | null) ?? today - keptDays;
    const to = Math.min(from + daysPerCall - 1, today);
    const days = await work.ask(work.hub, (stub, call) => stub.usage(from, to, call));
    for (const { day, storedBytes, counts } of days) {
      const lines = Object.fromEntries(
        [...counts].map(([key, [messages, requests, alarms, rowsRead, rowsWritten]]) => {
          return [key, { messages, requests, alarms, rowsRead, rowsWritten }];
        }),
      );
      await work.write({ type: "usage", day: instantOfDay(day), storedBytes, counts: lines });
    }
    return to < today ? to + 1 : null;
  },
};
