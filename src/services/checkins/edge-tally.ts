// What devices that poll have cost where they were answered without their hub. Their next call of the hub takes it along, so that it is
// counted without a request of its own. In this isolate's memory alone: what is lost with it is in no bill.
import type { EdgeCounts } from "../../domain/check-ins.ts";

/** Devices that are remembered; beyond it those that were heard of first are forgotten. */
const maxDevices = 10_000;

const tally = new Map<string, EdgeCounts>();

export function addToTally(deviceId: string, { requests, kvReads }: EdgeCounts): void {
  if (requests === 0 && kvReads === 0) return;
  const present = tally.get(deviceId);
  if (!present && tally.size >= maxDevices) tally.delete(tally.keys().next().value as string);
  tally.set(deviceId, {
    requests: (present?.requests ?? 0) + requests,
    kvReads: (present?.kvReads ?? 0) + kvReads,
  });
}

/** Hands over what was counted of a device. */
export function takeTally(deviceId: string): EdgeCounts {
  const counts = tally.get(deviceId) ?? { requests: 0, kvReads: 0 };
  tally.delete(deviceId);
  return counts;
}
