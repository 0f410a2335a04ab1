// What the hub answers about announcements: the announced devices with their entities and present values, and commands to them.
import { mayPublish, maySubscribe } from "../../../src/domain/access.ts";
import type { AnnouncedDevice, Control, Entity } from "../../../src/domain/discovery/entity.ts";
import { commandOf, inputOf, readText, Reader, readValue } from "../../../src/domain/discovery/reading.ts";
import type {
  AnnouncedDeviceView,
  AnnouncedPage,
  AnnouncedQuery,
  ControlView,
  EntityCommand,
  EntityView,
} from "../../../src/domain/discovery/views.ts";
import { kindOf } from "../../../src/domain/streams/stream.ts";
import type { StreamValue } from "../../../src/domain/streams/values.ts";
import type { Result } from "../../../src/errors.ts";
import { textMessage } from "../broker/message.ts";
import type { LastValue } from "../streams/running-minutes.ts";
import { type Announced, maxAnnouncements, placeOf, type Reading } from "./catalog.ts";
import type { Discovery } from "./discovery.ts";

/** The announced devices in order, each with all its entities. */
export function announcedPage(discovery: Discovery, { deviceId, after, limit }: AnnouncedQuery): AnnouncedPage {
  const groups = new Map<string, Announced[]>();
  const problems: AnnouncedPage["problems"] = [];
  for (const announced of discovery.catalog.all()) {
    if (deviceId !== null && announced.deviceId !== deviceId) continue;
    for (const problem of announced.problems) problems.push({ topic: announced.topic, problem });
    if (!announced.device || announced.entities.length === 0) continue;
    const id = placeOf(announced.deviceId, announced.device.key);
    const others = groups.get(id);
    if (others) others.push(announced);
    else groups.set(id, [announced]);
  }
  if (discovery.catalog.isFull) {
    problems.push({
      topic: "homeassistant/#",
      problem: `Of all announcements the first ${maxAnnouncements} are read.`,
    });
  }
  const ids = [...groups.keys()].filter((id) => after === null || id > after).toSorted();
  const shown = ids.slice(0, limit);
  return {
    items: shown.map((id) => viewOf(discovery, groups.get(id) ?? [])),
    nextCursor: ids.length > limit ? (shown.at(-1) ?? null) : null,
    problems: problems.toSorted((a, b) => (a.topic < b.topic ? -1 : 1)).slice(0, maxProblems),
    settable: deviceId === null ? null : discovery.own.settableOf(deviceId),
  };
}

const maxProblems = 100;

function viewOf(discovery: Discovery, announcements: readonly Announced[]): AnnouncedDeviceView {
  const [first] = announcements as [Announced];
  const device = discovery.catalog.deviceOf(first.deviceId, first.device?.key ?? "") as AnnouncedDevice;
  const latest = first.deviceId === null ? new Map<string, LastValue>() : discovery.streams.latest(first.deviceId);
  const entities = new Map<string, EntityView>();
  for (const announced of announcements) {
    for (const entity of announced.entities) entities.set(entity.id, entityView(discovery, announced, entity, latest));
  }
  const sorted = [...entities.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return { ...device, deviceId: first.deviceId, entities: sorted };
}

function entityView(
  discovery: Discovery,
  { deviceId, readings }: Announced,
  entity: Entity,
  latest: ReadonlyMap<string, LastValue>,
): EntityView {
  const { names: _, controls, ...shown } = entity;
  const problems = [...entity.problems];
  const views = controls.map((control): ControlView => {
    const reading = readings.find((each) => each.control === control);
    if (reading?.reader.problem) problems.push(reading.reader.problem);
    if (control.command && !hears(discovery, deviceId, control.command.topic)) {
      problems.push(`The device may not subscribe to ${control.command.topic}: its grants need it.`);
    }
    return { ...control, stream: reading?.stream ?? null, ...presentValue(discovery, reading, latest) };
  });
  return { ...shown, available: isAvailable(discovery, entity), controls: views, problems };
}

/** From the stream, else from what is retained at the topic. */
function presentValue(
  discovery: Discovery,
  reading: Reading | undefined,
  latest: ReadonlyMap<string, LastValue>,
): { value: StreamValue | null; at: number | null } {
  const last = reading?.stream ? latest.get(reading.stream) : undefined;
  if (last && kindOf(last.value) !== null) return { value: last.value, at: last.at };
  const payload = reading && discovery.retained.read(reading.reader.source.topic)?.payload;
  const input = payload && inputOf(payload);
  return { value: input ? readValue(reading.control, reading.reader, input) : null, at: null };
}

/** Null: it does not say. */
function isAvailable(discovery: Discovery, { availability }: Entity): boolean | null {
  if (!availability) return null;
  const known: boolean[] = [];
  for (const { topic, template, available, notAvailable } of availability.topics) {
    const payload = discovery.retained.read(topic)?.payload;
    const input = payload && inputOf(payload);
    const text = input ? readText(new Reader({ topic, template, payloads: null, field: null }), input) : null;
    // Older bridges say it plainly where the newer template expects JSON.
    const said = text ?? input?.text ?? null;
    if (said === available) known.push(true);
    else if (said === notAvailable) known.push(false);
  }
  if (known.length === 0) return null;
  return availability.mode === "any" ? known.includes(true) : !known.includes(false);
}

/** Whether what is published there can reach the device that announced it. */
function hears(discovery: Discovery, deviceId: string | null, topic: string): boolean {
  if (deviceId === null) return true;
  const grants = discovery.credentials.read(deviceId)?.grants ?? { publish: [], subscribe: [] };
  return maySubscribe({ kind: "device", id: deviceId, grants }, topic);
}

/** Sets a control of an entity: publishes what its announcement asks for. */
export function commandEntity(
  discovery: Discovery,
  { entityId, control, value }: EntityCommand,
): Result<{
  topic: string;
  recipients: number;
}> {
  const found = find(discovery, entityId);
  if (!found) return { ok: false, code: "not_found", message: "There is no such entity." };
  const chosen = chooseControl(found.entity.controls, control);
  if (!chosen?.command) return { ok: false, code: "bad_request", message: "control: names none that can be set." };
  const made = commandOf(chosen, value);
  if ("refused" in made) return { ok: false, code: "bad_request", message: made.refused };
  const { topic, qos, retain } = chosen.command;
  if (!hears(discovery, found.announced.deviceId, topic) || !mayPublish({ kind: "app", id: "", grants: null }, topic)) {
    const message = `The device may not subscribe to ${topic}. Add it to the device's grants.`;
    return { ok: false, code: "forbidden", message };
  }
  const recipients = discovery.context.say(textMessage(topic, made.payload, { qos, retain }));
  if (recipients !== null) return { ok: true, value: { topic, recipients } };
  return { ok: false, code: "quota_exceeded", message: "The hub holds as many retained messages as it may." };
}

function find(discovery: Discovery, entityId: string): { announced: Announced; entity: Entity } | null {
  for (const announced of discovery.catalog.all()) {
    const entity = announced.entities.find(({ id }) => id === entityId);
    if (entity) return { announced, entity };
  }
  return null;
}

function chooseControl(controls: readonly Control[], name: string | null): Control | null {
  const settable = controls.filter(({ command }) => command !== null);
  return (name === null ? settable[0] : settable.find((each) => each.name === name)) ?? null;
}
