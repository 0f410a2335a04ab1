// Tells a person by mail that a dashboard is shared with them. Only owners whose own address is confirmed have mails sent to others,
// and as many as their rules might send them.
import { waitUntil } from "cloudflare:workers";
import { personMail } from "../../outbound/person-mails.ts";
import type { ServiceContext } from "../context.ts";
import { countMail } from "../notifications/counted-mail.ts";

/** Whether a mail is on its way. It leaves after the answer, and whether anybody has the address makes no difference. */
export async function tellShared(
  ctx: ServiceContext,
  { shareId, email }: { shareId: string; email: string },
): Promise<boolean> {
  const { mail, baseUrl, store, user } = ctx;
  if (mail === null) return false;
  const owner = await store.people.address(user.userId);
  if (!owner?.isVerified) return false;
  if (!(await countMail(ctx, { userId: user.userId, id: shareId, title: `Shared with ${email}` }))) return false;
  const notice = {
    kind: "dashboardShared" as const,
    owner: owner.email,
    url: `${baseUrl}/dashboards/shared/${shareId}`,
  };
  waitUntil(mail.send(email, personMail(notice, baseUrl)));
  return true;
}
