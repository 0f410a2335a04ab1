// Does what a rule says: publishes, and hands notifications to the outbox. Nothing it does throws; what fails is in its results.
import { mayPublish } from "../../../src/domain/access.ts";
import { newId } from "../../../src/domain/ids.ts";
import { maxTextLength, maxTitleLength } from "../../../src/domain/notifications.ts";
import type { ActionResult, Cause } from "../../../src/domain/rules/firing.ts";
import type { NotifyAction, Rule } from "../../../src/domain/rules/rule.ts";
import { fillTemplate, type TemplateValues } from "../../../src/domain/rules/template.ts";
import { isTopic } from "../../../src/domain/topics.ts";
import { textMessage } from "../broker/message.ts";
import type { PartContext } from "../part.ts";
import type { Outbox } from "./outbox.ts";

export interface ActionsOptions {
  context: PartContext;
  hubId: string;
  outbox: Outbox;
}

export class Actions {
  readonly #context: PartContext;
  readonly #hubId: string;
  readonly #outbox: Outbox;

  constructor({ context, hubId, outbox }: ActionsOptions) {
    this.#context = context;
    this.#hubId = hubId;
    this.#outbox = outbox;
  }

  /** One result an action, and one a channel of a notification. */
  perform(rule: Rule, cause: Cause): ActionResult[] {
    const { deviceId: device, deviceName, stream, value } = cause;
    const values: TemplateValues = { rule: rule.name, device, deviceName, stream, value };
    return rule.actions.flatMap((action): ActionResult[] => {
      if (action.type === "notify") return this.#notify(rule, action, cause, values);
      const payload = fillTemplate(action.payload, values);
      if (action.type === "publish") {
        const { qos, retain } = action;
        return [this.#publish("publish", fillTemplate(action.topic, values), payload, { qos, retain }, rule)];
      }
      const deviceId = action.deviceId ?? device;
      if (deviceId === null) return [failed("set", "It fired for no device: name the one to be set.")];
      return [this.#publish("set", `devices/${deviceId}/set/${action.name}`, payload, { qos: 1, retain: false }, rule)];
    });
  }

  #publish(
    type: "set" | "publish",
    topic: string,
    payload: string,
    options: { qos: 0 | 1; retain: boolean },
    { author }: Rule,
  ): ActionResult {
    if (!isTopic(topic)) return failed(type, `${topic}: no topic.`);
    if (!mayPublish({ kind: "app", id: author, grants: null }, topic))
      return failed(type, `${topic}: only the hub writes there.`);
    const receivers = this.#context.say(textMessage(topic, payload, options));
    if (receivers === null) return failed(type, `${topic}: the hub holds as many retained messages as it may.`);
    const detail = `${topic}: sent to ${receivers} ${receivers === 1 ? "connection" : "connections"}`;
    return { type, status: "done", detail, notificationId: null, targetId: null };
  }

  #notify(rule: Rule, { channels, title, text }: NotifyAction, cause: Cause, values: TemplateValues): ActionResult[] {
    const at = this.#context.now();
    const { deviceId, deviceName, stream, value } = cause;
    const notificationId = newId("ntf", at);
    this.#outbox.add({
      notificationId,
      userId: rule.author,
      hubId: this.#hubId,
      ruleId: rule.id,
      ruleName: rule.name,
      at,
      deviceId,
      deviceName,
      stream,
      value,
      title: fillTemplate(title ?? "{rule}", values)
        .replaceAll(/\s+/g, " ")
        .slice(0, maxTitleLength),
      text: (text === null ? inWords(cause) : fillTemplate(text, values)).slice(0, maxTextLength),
      channels,
    });
    return channels.map((channel) => ({
      type: channel.kind,
      status: "waiting",
      detail: "handed over",
      notificationId,
      targetId: channel.kind === "webhook" ? channel.webhookId : null,
    }));
  }
}

/** What happened, for a notification without words of its owner. */
function inWords({ type, deviceId, deviceName, stream, value, condition }: Cause): string {
  const device = deviceName ?? deviceId;
  if (type === "stream") return `${device}: ${stream} is ${value} (${condition}).`;
  if (type === "test") return `This is a test. The rule fires when: ${condition}.`;
  return device === null ? `It is time: ${condition}.` : `${device}: ${condition}.`;
}

function failed(type: "set" | "publish", detail: string): ActionResult {
  return { type, status: "failed", detail, notificationId: null, targetId: null };
}
