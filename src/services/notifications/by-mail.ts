// Sends a rule's mail, to confirmed addresses alone: who types a stranger's address must not be able to write to them.
import type { Notification } from "../../domain/notifications.ts";
import { ruleMail } from "../../outbound/rule-mail.ts";
import type { SystemContext } from "../context.ts";
import { unsubscribeUrl } from "./rule-mails.ts";
import { type Sent, failedFor } from "./sent.ts";

export async function sendByMail(ctx: SystemContext, notification: Notification): Promise<Sent> {
  if (ctx.mail === null) return failedFor("This deployment sends no mail.");
  const address = await ctx.store.people.address(notification.userId);
  if (!address) return failedFor("There is no such user any more.");
  if (!address.isVerified) return failedFor("Confirm your e-mail address first: rules write to confirmed ones alone.");
  const places = { publicUrl: ctx.config.PUBLIC_URL, unsubscribeUrl: unsubscribeUrl(ctx, notification.userId) };
  const isSent = await ctx.mail.send(address.email, ruleMail(notification, places));
  if (isSent) ctx.meter.count("mails");
  if (isSent) return { outcome: "delivered", httpStatus: null, detail: "", retryAfterSeconds: 0 };
  return { outcome: "later", httpStatus: null, detail: "The mail could not be sent.", retryAfterSeconds: 0 };
}
