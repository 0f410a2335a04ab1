// Runs one schedule from beginning to end, all of it in this thread and in simulated time.
import { calmDown } from "./ending.ts";
import { deviceIds, tokenId } from "./identities.ts";
import { Violation } from "./model/session-life.ts";
import { perform } from "./perform.ts";
import type { Schedule } from "./schedule.ts";
import { withSeededIds } from "./seeded-ids.ts";
import { World } from "./world.ts";

const noGrants = { publish: [], subscribe: [] };

/** What was wrong; null: nothing. `tell` hears of every event of the hub. */
export function runSchedule(schedule: Schedule, tell: ((line: string) => void) | null = null): string | null {
  const world = new World(schedule, tell);
  try {
    withSeededIds(schedule.seed, world.failures, () => run(world));
    return null;
  } catch (error) {
    if (error instanceof Violation) return world.where(error.message);
    return world.where(String((error as Error)?.stack ?? error));
  } finally {
    world.hub.storage.empty();
  }
}

function run(world: World): void {
  const listed = { version: 1, gen: 1, grants: noGrants };
  world.hub.applyCredentials([...deviceIds, tokenId].map((subject) => ({ subject, ...listed })));
  for (const step of world.schedule.steps) {
    world.timeline.runUntil(world.timeline.now + step.afterMs);
    world.stepNumber++;
    world.stepName = step.do;
    perform(world, step);
  }
  calmDown(world);
}
