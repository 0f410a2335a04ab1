// What tests of a webhook and of a browser have in common: within the limits, one attempt, kept among the deliveries.
import { maxDetailLength } from "../../domain/notifications.ts";
import { HomeportError } from "../../errors.ts";
import type { Delivery } from "../../store/notification-stores.ts";
import type { ServiceContext } from "../context.ts";
import { allowanceOf } from "./limits.ts";
import type { Sent } from "./sent.ts";

export interface TestResult {
  delivered: boolean;
  httpStatus: number | null;
  /** What is wrong. */
  detail: string;
}

export async function performTest(
  ctx: ServiceContext,
  test: Pick<Delivery, "notificationId" | "kind" | "targetId" | "title">,
  send: () => Promise<Sent>,
): Promise<TestResult> {
  const { userId } = ctx.user;
  const { refusal } = await allowanceOf(ctx, { userId });
  if (refusal !== null) throw new HomeportError("rate_limited", refusal, { retryAfterSeconds: 600 });
  const { outcome, httpStatus, detail } = await send();
  const delivered = outcome === "delivered";
  const at = ctx.now();
  await ctx.store.deliveries.create({
    ...test,
    id: `${test.notificationId}.${test.targetId}`,
    userId,
    status: delivered ? "delivered" : "failed",
    attempts: 1,
    httpStatus,
    detail: detail.slice(0, maxDetailLength),
    createdAt: at,
    updatedAt: at,
  });
  return { delivered, httpStatus, detail };
}
