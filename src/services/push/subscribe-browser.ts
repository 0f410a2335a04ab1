// Takes a browser's subscription to web push. A browser is one person's at a time: whoever subscribes last has it.
import { newId } from "../../domain/ids.ts";
import { HomeportError } from "../../errors.ts";
import { problemOfTarget } from "../../outbound/target.ts";
import { areKeysUsable } from "../../outbound/web-push.ts";
import type { PushSubscription } from "../../store/notification-stores.ts";
import type { ServiceContext } from "../context.ts";
import { vapidPublicKey } from "./vapid-public-key.ts";

export interface SubscriptionView {
  id: string;
  label: string;
  endpoint: string;
  createdAt: number;
}

export function viewOf({ id, label, endpoint, createdAt }: PushSubscription): SubscriptionView {
  return { id, label, endpoint, createdAt };
}

export async function subscribeBrowser({
  ctx,
  input: { endpoint, keys, label },
}: {
  ctx: ServiceContext;
  input: { endpoint: string; keys: { p256dh: string; auth: string }; label: string };
}): Promise<SubscriptionView> {
  if (vapidPublicKey(ctx) === null) {
    throw new HomeportError("bad_request", "This deployment has no web push: its operator has to set VAPID_KEYS.");
  }
  const problem = problemOfTarget(endpoint, { allowLocal: ctx.config.LOCAL_TARGETS });
  if (problem !== null) throw new HomeportError("bad_request", `endpoint: ${problem}`);
  if (!(await areKeysUsable(keys))) {
    throw new HomeportError(
      "bad_request",
      "keys: must be those that the browser made, as PushSubscription.toJSON() has them",
    );
  }
  const { userId } = ctx.user;
  const { MAX_PUSH_SUBSCRIPTIONS: most } = ctx.config;
  const { items: others } = await ctx.store.pushSubscriptions.list({ userId, cursor: null, limit: most });
  if (others.length >= most && !others.some((other) => other.endpoint === endpoint)) {
    throw new HomeportError("quota_exceeded", `You have ${most} browsers, as many as there may be. Remove one first.`);
  }
  const now = ctx.now();
  const subscription = { id: newId("psh", now), userId, endpoint, ...keys, label, createdAt: now };
  await ctx.store.pushSubscriptions.put({ ...subscription, endpointHash: await hashOf(endpoint) });
  return viewOf({ ...subscription, endpointHash: "" });
}

async function hashOf(endpoint: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return Buffer.from(digest).toString("base64url");
}
