// How far the devices of a configuration are with it: read off their shadows and their presence.
import {
  type Configuration,
  type ConfigurationStatus,
  type DeviceGroup,
  maxNamedDevices,
} from "../../../src/domain/configurations/configuration.ts";
import { isRecord, isSame } from "../../../src/domain/shadow/document.ts";
import type { PartContext } from "../part.ts";
import type { StoredShadow } from "../tables/shadows.ts";
import type { ConfigurationBook, Place } from "./configuration-book.ts";
import type { ShadowKeeper } from "./shadow-keeper.ts";

const maxReasonLength = 200;

interface Sources {
  context: PartContext;
  book: ConfigurationBook;
  keeper: ShadowKeeper;
}

export function statusOf(
  configuration: Configuration,
  devices: readonly { deviceId: string; place: Place }[],
  { context, book, keeper }: Sources,
): ConfigurationStatus {
  const { version, updatedAt, shadowName: name } = configuration;
  const group = (): DeviceGroup => ({ count: 0, deviceIds: [] });
  const [inSync, differing, pending, wentOffline] = [group(), group(), group(), group()];
  const rejected = { ...group(), reasons: [] as string[] };
  for (const { deviceId, place } of devices) {
    const shadow = keeper.find({ deviceId, name });
    if (!isSame(shadow?.layer ?? {}, book.layerFor(place, name))) put(pending, deviceId);
    else put(shadow?.differs ? differing : inSync, deviceId);
    const reason = shadow?.differs ? rejectionOf(shadow, () => keeper.desiredVersion(shadow)) : null;
    if (reason !== null && put(rejected, deviceId)) rejected.reasons.push(reason);
    const seenAt = context.isPresent(deviceId) ? null : context.lastSeenAt(deviceId);
    if (seenAt !== null && seenAt >= updatedAt) put(wentOffline, deviceId);
  }
  const schemaFault = book.schemaFaultOf(configuration);
  const groups = { inSync, differing, pending, rejected, wentOffline };
  return { version, updatedAt, devices: devices.length, ...groups, schemaFault };
}

/** Whether there was room for the id. */
function put(group: DeviceGroup, deviceId: string): boolean {
  group.count++;
  if (group.deviceIds.length >= maxNamedDevices) return false;
  group.deviceIds.push(deviceId);
  return true;
}

/** Why a device does not do what is desired of it now, as it reports in `$rejected`; null: it does not say so. */
function rejectionOf(shadow: StoredShadow, desiredVersion: () => number): string | null {
  const said = shadow.reported?.values["$rejected"];
  if (!isRecord(said) || typeof said["version"] !== "number" || said["version"] < desiredVersion()) return null;
  return typeof said["reason"] === "string" ? said["reason"].slice(0, maxReasonLength) : "";
}
