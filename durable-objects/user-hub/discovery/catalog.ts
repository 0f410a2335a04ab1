// All announcements of a hub, read once, and which of their controls a topic says something of.
// memory: rebuilt on wake from `retained_messages`, which holds the announcements, and `announcers`, which holds who made them.
import type { AnnouncedDevice, Control, Entity } from "../../../src/domain/discovery/entity.ts";
import { readAnnouncement } from "../../../src/domain/discovery/read-announcement.ts";
import { Reader } from "../../../src/domain/discovery/reading.ts";
import { readAnnouncementTopic, streamNameOf } from "../../../src/domain/discovery/topic.ts";
import { decodeText } from "../../../src/domain/streams/values.ts";
import { matchesFilter } from "../../../src/domain/topics.ts";

/** Of a hub. */
export const maxAnnouncements = 2000;
const maxAnnouncementBytes = 65_536;

/** A control whose state is read, and the stream that its values go to. */
export interface Reading {
  control: Control;
  reader: Reader;
  /** Null: it was not announced by a device. */
  deviceId: string | null;
  stream: string | null;
  entity: Entity;
  device: AnnouncedDevice;
}

export interface Announced {
  topic: string;
  /** The device that published it; null: an app. */
  deviceId: string | null;
  payload: Uint8Array;
  device: AnnouncedDevice | null;
  entities: Entity[];
  readings: Reading[];
  problems: string[];
}

interface Index {
  topics: Map<string, Reading[]>;
  filters: Reading[];
  /** Null: not asked for yet. */
  devices: Map<string, AnnouncedDevice> | null;
}

export class Catalog {
  readonly #byTopic = new Map<string, Announced>();
  /** By state topic, and those with a filter for one; null: to be made anew. */
  #index: Index | null = null;

  get(topic: string): Announced | null {
    return this.#byTopic.get(topic) ?? null;
  }

  all(): Iterable<Announced> {
    return this.#byTopic.values();
  }

  get isFull(): boolean {
    return this.#byTopic.size >= maxAnnouncements;
  }

  /** Null: there are as many as there may be. */
  put(topic: string, payload: Uint8Array, deviceId: string | null): Announced | null {
    if (this.isFull && !this.#byTopic.has(topic)) return null;
    const announced = read(topic, payload, deviceId);
    this.#byTopic.set(topic, announced);
    this.#index = null;
    return announced;
  }

  remove(topic: string): void {
    if (this.#byTopic.delete(topic)) this.#index = null;
  }

  /** The controls whose state a topic may say. */
  readingsOf(topic: string): readonly Reading[] {
    const { topics, filters } = (this.#index ??= this.#makeIndex());
    const exact = topics.get(topic) ?? [];
    const others = filters.filter(({ reader }) => matchesFilter(reader.source.topic, topic));
    return others.length > 0 ? [...exact, ...others] : exact;
  }

  /** The device of that key as all announcements together describe it: many name it by its identifier alone. */
  deviceOf(deviceId: string | null, key: string): AnnouncedDevice | null {
    const devices = ((this.#index ??= this.#makeIndex()).devices ??= this.#mergeDevices());
    return devices.get(placeOf(deviceId, key)) ?? null;
  }

  #mergeDevices(): Map<string, AnnouncedDevice> {
    const devices = new Map<string, AnnouncedDevice>();
    for (const { deviceId, device } of this.#byTopic.values()) {
      if (!device) continue;
      const place = placeOf(deviceId, device.key);
      const present = devices.get(place);
      devices.set(place, present ? merged(present, device) : device);
    }
    return devices;
  }

  #makeIndex(): Index {
    const topics = new Map<string, Reading[]>();
    const filters: Reading[] = [];
    for (const { readings } of this.#byTopic.values()) {
      for (const reading of readings) {
        const { topic } = reading.reader.source;
        if (/[+#]/.test(topic)) filters.push(reading);
        else topics.set(topic, [...(topics.get(topic) ?? []), reading]);
      }
    }
    return { topics, filters, devices: null };
  }
}

/** Where an announced device stands in the order of all. */
export function placeOf(deviceId: string | null, key: string): string {
  return `${deviceId ?? "-"}~${key}`;
}

function merged(present: AnnouncedDevice, other: AnnouncedDevice): AnnouncedDevice {
  const said = Object.entries(present).filter(([field, value]) => {
    return value !== null && !(field === "name" && value === present.key);
  });
  return { ...other, ...Object.fromEntries(said) };
}

function read(topic: string, payload: Uint8Array, deviceId: string | null): Announced {
  const nothing = { topic, deviceId, payload, device: null, entities: [], readings: [] };
  const place = readAnnouncementTopic(topic);
  if (!place) return { ...nothing, problems: ["The topic is none of an announcement."] };
  if (payload.length > maxAnnouncementBytes) {
    return { ...nothing, problems: [`An announcement has at most ${maxAnnouncementBytes} bytes.`] };
  }
  try {
    const { device, entities, problems } = readAnnouncement(place, decodeText(payload) ?? "");
    const readings = entities.flatMap((entity) => readingsOf(entity, device, deviceId));
    return { ...nothing, device, entities, readings, problems };
  } catch (error) {
    return { ...nothing, problems: [`The announcement is no JSON: ${(error as Error).message}`] };
  }
}

function readingsOf(entity: Entity, device: AnnouncedDevice, deviceId: string | null): Reading[] {
  return entity.controls.flatMap((control) => {
    if (!control.state) return [];
    const reader = new Reader(control.state);
    const own = deviceId === null ? null : (ownStreamOf(control, deviceId) ?? streamOf(entity, control));
    return [{ control, reader, deviceId, stream: own, entity, device }];
  });
}

function streamOf({ component, names }: Entity, { name }: Control): string {
  return streamNameOf(component, names, name);
}

/** A state that is a stream of the device already. */
function ownStreamOf({ state }: Control, deviceId: string): string | null {
  const prefix = `devices/${deviceId}/streams/`;
  if (!state?.topic.startsWith(prefix) || state.template !== null) return null;
  return state.topic.slice(prefix.length);
}
