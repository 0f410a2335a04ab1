// A mail that a person causes otherwise than by a rule. It counts with those of their rules, so that nobody can have a deployment write
// without end.
import { maxTitleLength } from "../../domain/notifications.ts";
import type { SystemContext } from "../context.ts";
import { allowanceOf } from "./limits.ts";

/** Whether it may be sent; then it is counted, under this id once at most. */
export async function countMail(
  ctx: SystemContext,
  { userId, id, title }: { userId: string; id: string; title: string },
): Promise<boolean> {
  const { mailRefusal } = await allowanceOf(ctx, { userId });
  if (mailRefusal !== null) return false;
  const at = ctx.now();
  const isNew = await ctx.store.deliveries.create({
    id: `${id}.email`,
    userId,
    notificationId: id,
    kind: "email",
    targetId: null,
    title: title.slice(0, maxTitleLength),
    status: "delivered",
    attempts: 1,
    httpStatus: null,
    detail: "",
    createdAt: at,
    updatedAt: at,
  });
  if (isNew) ctx.meter.count("mails");
  return isNew;
}
