// Registers a device. It has no credential yet, so the hub need not know.
import { type Grants, noGrants } from "../../domain/access.ts";
import { newId } from "../../domain/ids.ts";
import type { AttributeValue } from "../../store/store.ts";
import type { ServiceContext } from "../context.ts";
import { type DeviceView, viewOf } from "./device-view.ts";

export interface CreateDeviceInput {
  name: string;
  model?: string | null;
  tags?: string[];
  attributes?: Record<string, AttributeValue>;
  grants?: Partial<Grants>;
  checkInSeconds?: number | null;
}

export async function createDevice({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: CreateDeviceInput;
}): Promise<DeviceView> {
  const createdAt = ctx.now();
  const device = {
    id: newId("dev", createdAt),
    ...ctx.user,
    name: input.name,
    model: input.model ?? null,
    tags: input.tags ?? [],
    attributes: input.attributes ?? {},
    grants: { ...noGrants, ...input.grants },
    checkInSeconds: input.checkInSeconds ?? null,
    createdAt,
  };
  await ctx.store.devices.create(device);
  return viewOf({ ...device, gen: null, version: 1, updatedAt: createdAt });
}
