// What is wrong with a rule beyond the form of its fields: values that do not fit each other, schedules that never come due, topics
// that may not be written.
import { isHubTopic, mayPublish } from "../access.ts";
import { isStreamName } from "../streams/datapoints.ts";
import { isTopic } from "../topics.ts";
import type { Action, RuleContent, StreamTrigger, Trigger } from "./rule.ts";
import { cronFault, isTimeZone } from "./schedule.ts";
import { fillTemplate, mentions } from "./template.ts";

/** Each names the field at fault. Empty: it is a rule. */
export function faultsOf({ trigger, actions }: Pick<RuleContent, "trigger" | "actions">, now: number): string[] {
  const faults = triggerFaults(trigger, now).map((fault) => `trigger.${fault}`);
  for (const [i, action] of actions.entries()) {
    for (const fault of actionFaults(action, trigger)) faults.push(`actions.${i}.${fault}`);
  }
  return faults;
}

function triggerFaults(trigger: Trigger, now: number): string[] {
  if (trigger.type === "stream") return streamFaults(trigger);
  if (trigger.type !== "schedule") return [];
  const faults: string[] = [];
  if (!isTimeZone(trigger.timeZone)) faults.push("timeZone: must be a time zone such as Europe/Berlin");
  const fault = "cron" in trigger.when ? cronFault(trigger.when.cron, now) : null;
  if (fault !== null) faults.push(`when.cron: ${fault}`);
  return faults;
}

function streamFaults({ stream, is, value, hysteresis, forSeconds }: StreamTrigger): string[] {
  const faults: string[] = [];
  if (!isStreamName(stream)) faults.push("stream: must be the name of a stream, one level of a topic");
  const isOrder = is === "above" || is === "below";
  if (isOrder && typeof value !== "number") faults.push(`value: must be a number to be ${is} it`);
  if ((is === "equal" || is === "notEqual") && value === null) faults.push("value: must say what to compare with");
  if (is === "changed" && value !== null) faults.push("value: must be left out, for any change counts");
  if (is === "changed" && forSeconds > 0) faults.push("forSeconds: must be left out, for a change does not last");
  if (!isOrder && is !== "changed" && hysteresis > 0) faults.push("hysteresis: is for above, below and changed");
  return faults;
}

function actionFaults(action: Action, trigger: Trigger): string[] {
  const hasDevice = trigger.type !== "schedule";
  if (action.type === "notify") return [];
  if (action.type === "set") {
    if (!isStreamName(action.name)) return ["name: must be one level of a topic"];
    return action.deviceId === null && !hasDevice ? ["deviceId: must say which device, for a schedule has none"] : [];
  }
  return topicFaults(action.topic, trigger);
}

function topicFaults(template: string, trigger: Trigger): string[] {
  // What a device says must not decide where its owner's rule writes.
  for (const word of ["value", "deviceName", "rule"] as const) {
    if (mentions(template, word)) return [`topic: must not contain {${word}}; {device} and {stream} may be there`];
  }
  if (mentions(template, "device") && trigger.type === "schedule")
    return ["topic: {device} has no meaning in a schedule"];
  if (mentions(template, "stream") && trigger.type !== "stream") return ["topic: {stream} has no meaning here"];
  const topic = fillTemplate(template, { rule: "", device: "d", deviceName: null, stream: "s", value: null });
  if (!isTopic(topic)) return ["topic: must be a topic name without wildcards"];
  if (isHubTopic(topic)) return ["topic: only the hub writes there"];
  return mayPublish({ kind: "app", id: "", grants: null }, topic) ? [] : ["topic: must not begin with $"];
}
