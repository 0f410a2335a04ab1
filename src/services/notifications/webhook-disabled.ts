// Tells the owner by mail that a webhook was disabled by itself: otherwise they would learn of it when something has not been told.
import { webhookDisabledMail } from "../../outbound/webhook-mail.ts";
import type { Webhook } from "../../store/notification-stores.ts";
import type { SystemContext } from "../context.ts";
import { countMail } from "./counted-mail.ts";

/** To confirmed addresses alone, as all that has words of the owner's. Whoever disabled it calls this, so that it is told once. */
export async function tellWebhookDisabled(ctx: SystemContext, webhook: Webhook, reason: string): Promise<void> {
  const { mail, config, store } = ctx;
  const { id, userId, name, version } = webhook;
  if (mail === null) return;
  const address = await store.people.address(userId);
  if (!address?.isVerified) return;
  const notice = { userId, id: `${id}.${version}`, title: `${name} was disabled` };
  if (await countMail(ctx, notice))
    await mail.send(address.email, webhookDisabledMail({ name, reason }, config.PUBLIC_URL));
}
