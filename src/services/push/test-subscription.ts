// Sends a browser something now, and says what came of it.
import { newId } from "../../domain/ids.ts";
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { sendByPush } from "../notifications/by-push.ts";
import { type TestResult, performTest } from "../notifications/perform-test.ts";

export async function testSubscription({
  ctx,
  input: { subscriptionId },
}: {
  ctx: ServiceContext;
  input: { subscriptionId: string };
}): Promise<TestResult> {
  const { userId } = ctx.user;
  const subscription = await ctx.store.pushSubscriptions.find({ userId, subscriptionId });
  if (!subscription) throw notFound("subscription");
  const at = ctx.now();
  const notificationId = newId("ntf", at);
  const title = "Notifications work";
  const text = `They reach "${subscription.label}".`;
  const payload = JSON.stringify({ title, text, url: "/account", notificationId, at });
  return performTest(ctx, { notificationId, kind: "push", targetId: subscriptionId, title }, () =>
    sendByPush(ctx, { userId, subscriptionId }, { payload, topic: "test", ttlSeconds: 60 }),
  );
}
