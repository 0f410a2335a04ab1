// What a rule is: when it fires, and what it does then. Its owner writes it over HTTP; their hub keeps it and runs it.
import type { NotificationChannel } from "../notifications.ts";
import type { StreamValue } from "../streams/values.ts";

/** Of a hub. */
export const maxRules = 100;

/** One device, or all that have a tag. */
export type DeviceChoice = { deviceId: string } | { tag: string };

/** How a stream's value is looked at. */
export type Comparison = "above" | "below" | "equal" | "notEqual" | "changed";

/** A stream crosses a value. */
export interface StreamTrigger {
  type: "stream";
  device: DeviceChoice;
  stream: string;
  is: Comparison;
  /** A number for `above` and `below`; null for `changed`. */
  value: StreamValue | null;
  /** How far a number must come back before it can cross again. */
  hysteresis: number;
  /** How long it must stay there before the rule fires. */
  forSeconds: number;
}

/** A device has been away for so long; or it comes back after having been away for so long. */
export interface PresenceTrigger {
  type: "offline" | "online";
  device: DeviceChoice;
  forSeconds: number;
}

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

/** By a cron expression of five fields, or at a time of some days of the week, on the clocks of a time zone. */
export interface ScheduleTrigger {
  type: "schedule";
  /** IANA's name. */
  timeZone: string;
  when: { cron: string } | { time: string; days: Weekday[] };
}

export type Trigger = StreamTrigger | PresenceTrigger | ScheduleTrigger;

/** Asks a device to change something; null: the device that the rule fired for. */
export interface SetAction {
  type: "set";
  deviceId: string | null;
  name: string;
  payload: string;
}

/** A message to any topic that the user's apps may write. */
export interface PublishAction {
  type: "publish";
  topic: string;
  payload: string;
  qos: 0 | 1;
  retain: boolean;
}

export interface NotifyAction {
  type: "notify";
  channels: NotificationChannel[];
  /** Null: words of ours. */
  title: string | null;
  text: string | null;
}

export type Action = SetAction | PublishAction | NotifyAction;

/** What its owner writes. */
export interface RuleContent {
  name: string;
  enabled: boolean;
  trigger: Trigger;
  actions: Action[];
}

export interface Rule extends RuleContent {
  /** `rul_…` */
  id: string;
  /** The user who wrote it last. */
  author: string;
  createdAt: number;
  updatedAt: number;
}

/** A rule as it is shown: with when it fires next by its schedule (null: not by time, or disabled), and when it last did. */
export interface RuleView extends Rule {
  nextAt: number | null;
  lastFiredAt: number | null;
}

/** The device a trigger is about; null: one of its kind about none. */
export function deviceOf(trigger: Trigger): DeviceChoice | null {
  return trigger.type === "schedule" ? null : trigger.device;
}

/** What a rule names of its owner's, each once. */
export function namedBy({ trigger, actions = [] }: Partial<RuleContent>): {
  deviceIds: string[];
  webhookIds: string[];
} {
  const devices = new Set<string>();
  const webhooks = new Set<string>();
  const choice = trigger && deviceOf(trigger);
  if (choice && "deviceId" in choice) devices.add(choice.deviceId);
  for (const action of actions) {
    if (action.type === "set" && action.deviceId !== null) devices.add(action.deviceId);
    if (action.type !== "notify") continue;
    for (const channel of action.channels) if (channel.kind === "webhook") webhooks.add(channel.webhookId);
  }
  return { deviceIds: [...devices], webhookIds: [...webhooks] };
}
