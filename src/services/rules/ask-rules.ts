// Asks the user's hub about rules. One that never ran has none; to make a rule starts it, for a schedule must run without devices.
import type { RuleCall } from "../../domain/rules/call.ts";
import { namedBy, type RuleContent } from "../../domain/rules/rule.ts";
import { HomeportError, notFound } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";

/** What the hub answers to a call about rules that exist. Throws `not_found` for a hub that never ran. */
export async function askRules<T>(ctx: ServiceContext, call: RuleCall): Promise<T> {
  const text = await askHub<string>(
    ctx,
    (hub, hubCall) => hub.rules(call, hubCall),
    () => {
      if (call.type === "list") return "[]";
      throw notFound("rule");
    },
  );
  return JSON.parse(text) as T;
}

/** Throws for a rule that names devices or webhooks which are not the user's. */
export async function checkNames(ctx: ServiceContext, content: Partial<RuleContent>): Promise<void> {
  const { userId } = ctx.user;
  const { devices, webhooks } = ctx.store;
  const { deviceIds, webhookIds } = namedBy(content);
  await refuseUnknown("device", deviceIds, (deviceId) => devices.find({ userId, deviceId }));
  await refuseUnknown("webhook", webhookIds, (webhookId) => webhooks.find({ userId, webhookId }));
}

async function refuseUnknown(what: string, ids: string[], find: (id: string) => Promise<object | null>): Promise<void> {
  const found = await Promise.all(ids.map(find));
  const unknown = ids.filter((_, i) => !found[i]);
  if (unknown.length > 0) throw new HomeportError("bad_request", `There is no such ${what}: ${unknown.join(", ")}.`);
}
