// How often a user is told, so that a rule that flaps does not send a thousand mails. Jobs that run at the same time may exceed a
// limit by a few.
import type { SystemContext } from "../context.ts";

const hourMs = 3_600_000;
const dayMs = 86_400_000;

/** Each null: nothing to say. */
export interface Allowance {
  /** Why nothing is sent. */
  refusal: string | null;
  /** Why no mail is sent. */
  mailRefusal: string | null;
  /** That this is the last one for now. */
  hint: string | null;
  mailHint: string | null;
}

export async function allowanceOf(ctx: SystemContext, { userId }: { userId: string }): Promise<Allowance> {
  const { MAX_NOTIFICATIONS_PER_HOUR: perHour, MAX_NOTIFICATION_MAILS_PER_DAY: mailsPerDay } = ctx.config;
  const now = ctx.now();
  const sent = await ctx.store.deliveries.countSince({
    userId,
    notificationsSince: now - hourMs,
    mailsSince: now - dayMs,
  });
  const limit = `${perHour} notifications an hour`;
  const mailLimit = `${mailsPerDay} mails of rules a day`;
  const refusal = sent.notifications >= perHour ? `Not sent: there are at most ${limit}.` : null;
  const hint = sent.notifications === perHour - 1 ? `This is the last for now: there are at most ${limit}.` : null;
  const noMail = sent.mails >= mailsPerDay ? `Not sent: there are at most ${mailLimit}.` : null;
  const lastMail = sent.mails === mailsPerDay - 1 ? `This is the last for now: there are at most ${mailLimit}.` : null;
  return { refusal, mailRefusal: refusal ?? noMail, hint, mailHint: lastMail ?? hint };
}
