// Rules as the console edits them, and how they read as a sentence.
import { useI18n } from "vue-i18n";
import type { Schemas } from "../api/client.ts";
import { useDevices } from "../devices/devices.ts";

export type Rule = Schemas["Rule"];
export type Trigger = Rule["trigger"];
export type Action = Rule["actions"][number];
export type DeviceChoice = Extract<Trigger, { device: unknown }>["device"];
export type Firing = Schemas["RuleFiring"];

/** What is edited: a rule without what the server adds. */
export interface RuleDraft {
  id: string | null;
  name: string;
  enabled: boolean;
  trigger: Trigger;
  actions: Action[];
}

export const ownTimeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function newTrigger(type: Trigger["type"], deviceId: string): Trigger {
  const device = { deviceId };
  switch (type) {
    case "stream":
      return { type, device, stream: "", is: "above", value: 0, hysteresis: 0, forSeconds: 0 };
    case "schedule":
      return { type, timeZone: ownTimeZone, when: { time: "07:00", days: [] } };
    default:
      return { type, device, forSeconds: 300 };
  }
}

export function newAction(type: Action["type"], deviceId: string): Action {
  switch (type) {
    case "set":
      return { type, deviceId, name: "", payload: "on" };
    case "publish":
      return { type, topic: "shared/", payload: "{value}", qos: 1, retain: false };
    case "notify":
      return { type, channels: [{ kind: "push" }], title: null, text: null };
  }
}

/** A value as it is meant: what reads as a number or a boolean is one. */
export function valueMeant(text: string): number | boolean | string {
  const trimmed = text.trim();
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  return trimmed !== "" && Number.isFinite(Number(trimmed)) ? Number(trimmed) : text;
}

export function useRuleWords() {
  const { t } = useI18n();
  const { byId } = useDevices();

  function deviceName(choice: DeviceChoice): string {
    if ("tag" in choice) return t("rules.words.tag", { tag: choice.tag });
    return byId.value.get(choice.deviceId)?.name ?? choice.deviceId;
  }

  function triggerWords(trigger: Trigger): string {
    switch (trigger.type) {
      case "stream":
        return t("rules.words.stream", {
          device: deviceName(trigger.device),
          stream: trigger.stream,
          is: t(`rules.is.${trigger.is}`),
          value: trigger.value === null ? "" : String(trigger.value),
        });
      case "schedule": {
        const { when, timeZone } = trigger;
        if ("cron" in when) return t("rules.words.cron", { cron: when.cron, timeZone });
        const days =
          when.days.length === 0 ? t("rules.everyDay") : when.days.map((day) => t(`rules.days.${day}`)).join(", ");
        return t("rules.words.time", { time: when.time, days, timeZone });
      }
      default:
        return t(`rules.words.${trigger.type}`, {
          device: deviceName(trigger.device),
          minutes: Math.round(trigger.forSeconds / 6) / 10,
        });
    }
  }

  function actionWords(action: Action): string {
    switch (action.type) {
      case "set": {
        const device = action.deviceId === null ? t("rules.sameDevice") : deviceName({ deviceId: action.deviceId });
        return t("rules.words.set", { device, name: action.name, payload: action.payload });
      }
      case "publish":
        return t("rules.words.publish", { topic: action.topic, payload: action.payload });
      case "notify":
        return t("rules.words.notify", {
          channels: action.channels.map(({ kind }) => t(`rules.channels.${kind}`)).join(", "),
        });
    }
  }

  return { triggerWords, actionWords, deviceName };
}
