// What is desired of all devices of a model or with a tag, and what is asked about it.
import type { Patch } from "../shadow/request.ts";

export type ConfigurationKind = "model" | "tag";

/** Which shadow of which devices. */
export interface ConfigurationTarget {
  kind: ConfigurationKind;
  /** The model or the tag. */
  key: string;
  /** Null: the classic shadow. */
  shadowName: string | null;
}

export interface ConfigurationContent {
  /** As the desired section of an update: null removes what a layer below desires. */
  desired: Patch;
  /** A JSON Schema for all that is desired of such a device; of models alone. */
  schema: object | boolean | null;
  /** How often a device that polls is to check in, unless it has an interval of its own; of a model's classic shadow alone. */
  checkInSeconds: number | null;
}

export interface Configuration extends ConfigurationTarget, ConfigurationContent {
  /** `cfg_…` */
  id: string;
  /** Counts the changes. */
  version: number;
  /** Who made this version. */
  author: string;
  createdAt: number;
  updatedAt: number;
}

export interface ConfigurationChange extends ConfigurationContent {
  version: number;
  author: string;
  changedAt: number;
}

/** Devices, counted, with the first ids. */
export interface DeviceGroup {
  count: number;
  deviceIds: string[];
}

/** How far the devices are. A device may be in `rejected` and `wentOffline` besides one of the first three. */
export interface ConfigurationStatus {
  version: number;
  updatedAt: number;
  devices: number;
  /** Nothing is desired that they have not reported. */
  inSync: DeviceGroup;
  differing: DeviceGroup;
  /** Not told yet: their turn is still to come, or what they would be told is not valid for them. */
  pending: DeviceGroup;
  /** Those that said so of what is desired now, with the reason. */
  rejected: DeviceGroup & { reasons: string[] };
  /** There when the change was made or later, and away now. */
  wentOffline: DeviceGroup;
  /** Why the schema, from before such were refused, is not applied; null: it is, or there is none. */
  schemaFault: string | null;
}

export const maxConfigurations = 100;
export const maxDesiredBytes = 8192;
export const maxSchemaBytes = 8192;
/** Changes kept of each. */
export const keptConfigurationChanges = 50;
/** Ids that a status names in each group. */
export const maxNamedDevices = 100;

export type ConfigurationCall =
  /** Configuration[], by id. */
  | { type: "list" }
  /** Configuration. */
  | { type: "get"; id: string }
  /** Configuration. */
  | { type: "create"; configuration: Configuration }
  /** ChangedConfiguration: `version`, if not null, is the one it must have. */
  | {
      type: "change";
      id: string;
      version: number | null;
      change: Partial<ConfigurationContent>;
      author: string;
      now: number;
    }
  /** ChangedConfiguration: what it was at `to` becomes its next version. */
  | { type: "rollback"; id: string; to: number; author: string; now: number }
  /** null. */
  | { type: "delete"; id: string; author: string }
  /** ConfigurationChange[], the latest first. */
  | { type: "history"; id: string }
  /** ConfigurationStatus. */
  | { type: "status"; id: string }
  /** null, or a refusal: whether a device may have this model and these tags. */
  | { type: "checkDevice"; deviceId: string; model?: string | null | undefined; tags?: string[] | undefined };

/** As it is now. `isAtVersion` false: it had another version than was asked for, and stayed as it is. */
export interface ChangedConfiguration {
  configuration: Configuration;
  isAtVersion: boolean;
}
