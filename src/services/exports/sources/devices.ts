// Devices with what is registered of them, a page at a time.
import { viewOf } from "../../devices/device-view.ts";
import type { ExportSource } from "../export-work.ts";

const pageSize = 100;

export const devices: ExportSource = {
  async read(work, position) {
    const { ctx, userId, write } = work;
    const cursor = position as string | null;
    work.spend();
    const page = await ctx.store.devices.list({ userId, cursor, limit: pageSize, name: null, tag: null });
    work.partsKnown += page.items.length * work.partsPerDevice;
    for (const device of page.items) await write({ type: "device", ...viewOf(device) });
    return page.nextCursor;
  },
};
