// Sends a webhook something now, and says what came of it. Counts as a notification, for the limits and among the deliveries.
import { newId } from "../../domain/ids.ts";
import type { ServiceContext } from "../context.ts";
import { sendByWebhook } from "../notifications/by-webhook.ts";
import { type TestResult, performTest } from "../notifications/perform-test.ts";
import { ownWebhook } from "./webhook-view.ts";

export async function testWebhook({
  ctx,
  input: { webhookId },
}: {
  ctx: ServiceContext;
  input: { webhookId: string };
}): Promise<TestResult> {
  const { name, userId } = await ownWebhook(ctx, webhookId);
  const id = newId("ntf", ctx.now());
  const title = "A test";
  const data = { title, text: `The webhook "${name}" works.` };
  return performTest(ctx, { notificationId: id, kind: "webhook", targetId: webhookId, title }, () =>
    sendByWebhook(ctx, { userId, webhookId }, { id, type: "webhook.test", at: ctx.now(), data }),
  );
}
