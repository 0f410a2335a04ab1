// The last values of streams, put together from rows and from what waits in attachments; and as the retained messages that a new
// subscriber finds.
import { encodeValue, type StreamValue } from "../../../src/domain/streams/values.ts";
import { matchesFilter } from "../../../src/domain/topics.ts";
import type { Message } from "../broker/message.ts";
import type { StreamDevicesTable } from "../tables/stream-devices.ts";
import type { LastValue, RunningMinutes } from "./running-minutes.ts";
import { splitKey } from "./stream-store.ts";

/** By name. */
export function latestOf(
  deviceId: string,
  devices: StreamDevicesTable,
  unwritten: Iterable<RunningMinutes>,
): Map<string, LastValue> {
  const latest = new Map<string, LastValue>();
  for (const [name, [value, at]] of devices.readLast(deviceId) ?? []) latest.set(name, { value, at });
  for (const running of unwritten) {
    for (const [key, last] of running.lasts()) {
      const [id, name] = splitKey(key);
      if (id === deviceId && last.at >= (latest.get(name)?.at ?? Number.NEGATIVE_INFINITY)) latest.set(name, last);
    }
  }
  return latest;
}

/** Most filters are ruled out without reading a row. */
export function* storedMessages(
  topicFilter: string,
  devices: StreamDevicesTable,
  unwritten: () => Iterable<RunningMinutes>,
): Iterable<Message> {
  const levels = topicFilter.split("/");
  const isOfAll = levels.length === 3 && levels[2] === "streams";
  // With a name that stands for any, and so for every name of a stream.
  const canMatch = isOfAll || matchesFilter(topicFilter, `devices/${levels[1] ?? "+"}/streams/${levels[3] ?? "+"}`);
  if (!canMatch) return;
  const named = levels.length < 2 || levels[1] === "+" || levels[1] === "#" ? null : (levels[1] as string);
  for (const deviceId of named === null ? idsOf(devices, unwritten()) : [named]) {
    const latest = latestOf(deviceId, devices, unwritten());
    if (isOfAll && latest.size > 0) yield several(deviceId, latest);
    for (const [name, { value }] of latest) {
      const topic = `devices/${deviceId}/streams/${name}`;
      if (value !== null && matchesFilter(topicFilter, topic)) yield asMessage(topic, encodeValue(value));
    }
  }
}

function idsOf(devices: StreamDevicesTable, unwritten: Iterable<RunningMinutes>): Iterable<string> {
  const ids = new Set(devices.deviceIds());
  for (const running of unwritten) for (const [key] of running.lasts()) ids.add(splitKey(key)[0]);
  return ids;
}

function several(deviceId: string, latest: Map<string, LastValue>): Message {
  const values: Record<string, StreamValue> = {};
  for (const [name, { value }] of latest) if (value !== null) values[name] = value;
  return asMessage(`devices/${deviceId}/streams`, new TextEncoder().encode(JSON.stringify(values)));
}

function asMessage(topic: string, payload: Uint8Array): Message {
  return {
    topic,
    topicBytes: null,
    payload,
    qos: 0,
    retain: true,
    properties: new Uint8Array(0),
    expiresAt: null,
  };
}
