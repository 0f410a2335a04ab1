// Announcements as the API shows them, and what it asks the hub for.
import type { StreamValue } from "../streams/values.ts";
import type { AnnouncedDevice, Control, Entity } from "./entity.ts";
import type { Settable } from "./own-device.ts";

export interface ControlView extends Control {
  /** The stream of the publishing device that its values go to; null: there is none. */
  stream: string | null;
  /** The present one; null: unknown. */
  value: StreamValue | null;
  /** Epoch ms at which it came; null: unknown. */
  at: number | null;
}

export interface EntityView extends Omit<Entity, "names" | "controls"> {
  /** Null: it does not say. */
  available: boolean | null;
  controls: ControlView[];
}

export interface AnnouncedDeviceView extends AnnouncedDevice {
  /** The device that announced it, which may be itself or its bridge; null: an app did. */
  deviceId: string | null;
  entities: EntityView[];
}

export interface AnnouncedPage {
  items: AnnouncedDeviceView[];
  nextCursor: string | null;
  /** Announcements that could not be read, or not as a whole. */
  problems: { topic: string; problem: string }[];
  /** What can be set of the device, while it is announced to others; null: it is not, or no device was asked about. */
  settable: Settable[] | null;
}

export interface AnnouncedQuery {
  /** Null: of all. */
  deviceId: string | null;
  after: string | null;
  limit: number;
}

export interface EntityCommand {
  entityId: string;
  /** Null: the first that can be set. */
  control: string | null;
  /** Null: of a trigger. */
  value: StreamValue | null;
}
