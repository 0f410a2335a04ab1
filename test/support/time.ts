// Time that passes when a test says so: the clock of hub and test together, and the hub's alarm.
import { runDurableObjectAlarm } from "cloudflare:test";
import { afterEach, beforeEach, vi } from "vitest";
import type { TestHub } from "./hub.ts";

/** For a whole file or suite: the clock stands still unless moved. */
export function useManualClock(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Moves the clock and wakes the hub by its alarm, if it has set one. */
export async function passSeconds(hub: TestHub, seconds: number): Promise<void> {
  vi.setSystemTime(Date.now() + seconds * 1000);
  await runDurableObjectAlarm(hub.stub);
}
