// How far the devices of a configuration are with it: read off their shadows and their presence.
import {
  type Configuration,
  type ConfigurationStatus,
  type DeviceGroup,
  maxNamedDevices,
} from "../../../src/domain/configurations/configuration.ts";
import { isRecord, isSame, type Values } from "../../../src/domain/shadow/document.ts";
import type { PartContext } from "../part.ts";
import type { ShadowStanding } from "../tables/shadows.ts";
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
  devices: Iterable<{ deviceId: string; place: Place }>,
  { context, book, keeper }: Sources,
): ConfigurationStatus {
  const { version, updatedAt, shadowName: name } = configuration;
  const group = (): DeviceGroup => ({ count: 0, deviceIds: [] });
  const [inSync, differing, pending, wentOffline] = [group(), group(), group(), group()];
  const rejected = { ...group(), reasons: [] as string[] };
  const texts = new Map<Values, string>();
  let count = 0;
  for (const { deviceId, place } of devices) {
    count++;
    const standing = keeper.shadows.standing({ deviceId, name });
    const layer = book.layerFor(place, name);
    const text = texts.get(layer) ?? JSON.stringify(layer);
    texts.set(layer, text);
    if (!isToldOf(standing, layer, text)) put(pending, deviceId);
    else put(standing?.differs ? differing : inSync, deviceId);
    const reason = rejectionOf(standing, () => keeper.desiredVersion({ deviceId, name }));
    if (reason !== null && put(rejected, deviceId)) rejected.reasons.push(reason);
    const seenAt = context.isPresent(deviceId) ? null : context.lastSeenAt(deviceId);
    if (seenAt !== null && seenAt >= updatedAt) put(wentOffline, deviceId);
  }
  const schemaFault = book.schemaFaultOf(configuration);
  const groups = { inSync, differing, pending, rejected, wentOffline };
  return { version, updatedAt, devices: count, ...groups, schemaFault };
}

/** Whether there was room for the id. */
function put(group: DeviceGroup, deviceId: string): boolean {
  group.count++;
  if (group.deviceIds.length >= maxNamedDevices) return false;
  group.deviceIds.push(deviceId);
  return true;
}

/** Whether a device was told what models and tags come to: mostly the very same text. */
function isToldOf(standing: ShadowStanding | null, layer: Values, text: string): boolean {
  const told = standing?.layer ?? "{}";
  return told === text || isSame(JSON.parse(told), layer);
}

/** Why a device does not do what is desired of it now, as it reports in `$rejected`; null: it does not say so. */
function rejectionOf(standing: ShadowStanding | null, desiredVersion: () => number): string | null {
  const said = standing?.rejected;
  if (!isRecord(said) || typeof said["version"] !== "number" || said["version"] < desiredVersion()) return null;
  return typeof said["reason"] === "string" ? said["reason"].slice(0, maxReasonLength) : "";
}
