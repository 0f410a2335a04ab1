// What somebody announced: devices, their entities, and of each the controls that a page can draw without knowing the firmware.

export interface AnnouncedDevice {
  /** Unique in a hub: the first identifier of the device's own, else the first connection, else from the topic. */
  key: string;
  name: string;
  manufacturer: string | null;
  model: string | null;
  firmware: string | null;
  hardware: string | null;
  serialNumber: string | null;
  area: string | null;
  url: string | null;
  /** The identifier of the device through which it is connected. */
  via: string | null;
  /** The program that announced it. */
  origin: { name: string; version: string | null; url: string | null } | null;
}

export const controlTypes = ["boolean", "number", "text", "options", "color", "trigger", "value"] as const;
/** `value`: read as it comes, a number, a boolean or a text. `trigger`: has no state. */
export type ControlType = (typeof controlTypes)[number];

/** How a state is read. */
export interface StateSource {
  /** A topic, or a filter. */
  topic: string;
  /** Jinja over `value` and `value_json`; null: the payload as it is. */
  template: string | null;
  /** What a payload (after the template) means: value to payload. Null: itself. */
  payloads: Record<string, string> | null;
  /** When the payload (after the template) is a JSON object: the field that counts. */
  field: string | null;
}

/** How a command is written: by the payload of a value, else by the pattern, else (`template`) by the hub alone. */
export interface CommandSink {
  topic: string;
  qos: 0 | 1 | 2;
  retain: boolean;
  payloads: Record<string, string> | null;
  /** `$value` stands for the value, `$1`, `$2`, `$3` for its parts between commas. */
  pattern: string | null;
  template: string | null;
}

export interface Control {
  /** Unique in its entity: `switch`, `brightness`, `temperature`. */
  name: string;
  type: ControlType;
  unit: string | null;
  min: number | null;
  max: number | null;
  step: number | null;
  options: string[] | null;
  /** Of a colour: what the parts of its text are. */
  format: "rgb" | "hs" | "xy" | null;
  state: StateSource | null;
  command: CommandSink | null;
}

export interface Availability {
  mode: "all" | "any" | "latest";
  topics: { topic: string; template: string | null; available: string; notAvailable: string }[];
}

export interface Entity {
  /** Unique in a hub. */
  id: string;
  /** What names its streams. */
  names: (string | null)[];
  /** The component of the announcement: `sensor`, `light`, …; `raw`: one that is not known here. */
  kind: string;
  component: string;
  name: string;
  icon: string | null;
  deviceClass: string | null;
  stateClass: string | null;
  category: string | null;
  /** Whether it wants to be shown unasked. */
  enabled: boolean;
  availability: Availability | null;
  controls: Control[];
  /** Of a raw one: what was announced. */
  config: Record<string, unknown> | null;
  /** What of the announcement is not understood, as sentences. */
  problems: string[];
}

export interface Announcement {
  device: AnnouncedDevice;
  entities: Entity[];
  /** Why nothing or not everything could be read. */
  problems: string[];
}
