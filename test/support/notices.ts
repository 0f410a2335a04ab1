// Notices to hubs as a service would make them.
import { newId } from "../../src/domain/ids.ts";
import type { NewNotice } from "../../src/store/store.ts";

export function newNotice(fields: Partial<NewNotice> = {}): NewNotice {
  const now = Date.now();
  return { id: newId("out"), now, retryAt: now + 30_000, ...fields };
}
