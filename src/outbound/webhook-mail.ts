// The mail that says that a webhook was disabled. Its name is the owner's own word, so it goes only to an address they have confirmed.
import type { Mail } from "./mail.ts";
import { asHtml, asText, type MailContent } from "./mail-layout.ts";

/** `publicUrl`: where people find the deployment; empty: unknown, and the mail has no link. */
export function webhookDisabledMail({ name, reason }: { name: string; reason: string }, publicUrl: string): Mail {
  const content: MailContent = {
    subject: `The webhook "${name}" was disabled`,
    paragraphs: [
      `Your webhook "${name}" is not called any more. ${reason}`,
      "Rules that name it tell nobody by it until you switch it on again, in your account among the webhooks.",
    ],
    ...(publicUrl !== "" && {
      link: { label: "Open your account", url: `${new URL(publicUrl).origin}/account` },
    }),
    closing: "You get this mail once each time that this happens.",
  };
  return { kind: "webhookDisabled", subject: content.subject, text: asText(content), html: asHtml(content) };
}
