// How a device of ours is announced to a Home Assistant: one message for the device, from its streams and from what can be set.
import type { Stream } from "../streams/stream.ts";
import { discoveryPrefix } from "./topic.ts";

/** What an app may set of a device, at `devices/{id}/set/{name}`. A stream of the same name shows its state. */
export interface Settable {
  name: string;
  /** Of numbers. */
  min?: number;
  max?: number;
  step?: number;
  /** Of a choice. */
  options?: string[];
}

/** What its owner asked for. The name and model are those of that moment, for a hub that knows none of its own yet. */
export interface Announcing {
  name: string;
  model: string | null;
  settable: Settable[];
}

export function ownAnnouncementTopic(deviceId: string): string {
  return `${discoveryPrefix}device/${deviceId}/config`;
}

interface OwnDevice {
  id: string;
  name: string;
  model: string | null;
  streams: readonly Pick<Stream, "name" | "kind" | "unit" | "label">[];
  settable: readonly Settable[];
}

/** The announcement as JSON text; the same device gives the same text. */
export function ownAnnouncement({ id, name, model, streams, settable }: OwnDevice): string {
  const prefix = `devices/${id}`;
  const components: [string, object][] = [];
  const byName = new Map(streams.map((stream) => [stream.name, stream]));
  for (const stream of streams) {
    if (stream.kind === null || settable.some((each) => each.name === stream.name)) continue;
    components.push([stream.name, { ...shown(stream), ...common(id, stream.name, stream.label) }]);
  }
  for (const each of settable) {
    const stream = byName.get(each.name);
    const topics = { cmd_t: `${prefix}/set/${each.name}`, qos: 1, ...(stream ? stateOf(each.name) : {}) };
    components.push([each.name, { ...set(each, stream), ...topics, ...common(id, each.name, stream?.label ?? null) }]);
  }
  components.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify({
    dev: { ids: [`homeport_${id}`], name, mf: "Homeport", ...(model === null ? {} : { mdl: model }) },
    o: { name: "Homeport" },
    "~": prefix,
    avty: [{ t: "~/presence", val_tpl: "{{ 'online' if value_json.online else 'offline' }}" }],
    cmps: Object.fromEntries(components),
  });
}

function common(id: string, name: string, label: string | null): object {
  return { name: label ?? name, uniq_id: `homeport_${id}_${name}` };
}

function stateOf(name: string): object {
  return { stat_t: `~/streams/${name}` };
}

function shown({ name, kind, unit }: OwnDevice["streams"][number]): object {
  if (kind === "boolean") return { p: "binary_sensor", ...stateOf(name), pl_on: "true", pl_off: "false" };
  if (kind === "text") return { p: "sensor", ...stateOf(name) };
  return { p: "sensor", ...stateOf(name), stat_cla: "measurement", ...(unit === null ? {} : { unit_of_meas: unit }) };
}

/** By the kind of the stream that shows it; without one a text, or what its bounds or options say. */
function set({ min, max, step, options }: Settable, stream: OwnDevice["streams"][number] | undefined): object {
  if (options) return { p: "select", ops: options };
  if (stream?.kind === "boolean") return { p: "switch", pl_on: "true", pl_off: "false" };
  if (stream?.kind === "number" || min !== undefined || max !== undefined) {
    const unit = stream?.unit ?? null;
    const bounds = { min: min ?? 0, max: max ?? 100, step: step ?? 1 };
    return { p: "number", ...bounds, ...(unit === null ? {} : { unit_of_meas: unit }) };
  }
  return { p: "text" };
}
