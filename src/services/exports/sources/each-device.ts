// A source that reads something of each device, one device after the other.
import type { Hub } from "../../../store/store.ts";
import type { ExportSource, ExportWork } from "../export-work.ts";

/** `inner`: where in the device `deviceId`; null: it is done. */
interface Position {
  deviceId: string;
  inner: unknown;
}

export interface OfDevice {
  work: ExportWork;
  hub: Hub;
  deviceId: string;
}

/** `read`: as that of a source, of one device. Nothing is read of a hub that never ran. */
export function eachDevice(read: (of: OfDevice, position: unknown) => Promise<unknown>): ExportSource {
  return {
    isOfDevices: true,
    async read(work, at) {
      if (work.hub === null) return null;
      const position = at as Position | null;
      const deviceId = position && position.inner !== null ? position.deviceId : await nextOf(work, position?.deviceId);
      if (deviceId === null) return null;
      const inner = await read({ work, hub: work.hub, deviceId }, position?.inner ?? null);
      if (inner === null) work.partsDone++;
      return { deviceId, inner };
    },
  };
}

async function nextOf(work: ExportWork, after: string | undefined): Promise<string | null> {
  const { ctx, userId } = work;
  work.spend();
  const page = await ctx.store.devices.list({ userId, cursor: after ?? null, limit: 1, name: null, tag: null });
  return page.items[0]?.id ?? null;
}
