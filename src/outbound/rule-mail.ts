// The mail by which a rule tells its owner. Its words are the owner's own, so it goes only to an address they have confirmed.
import type { Notification } from "../domain/notifications.ts";
import type { Mail } from "./mail.ts";
import { asHtml, asText, type MailContent } from "./mail-layout.ts";

/** `publicUrl`: where people find the deployment; empty: unknown, and the mail has no link. */
export function ruleMail({ title, text, ruleId, ruleName, deviceName, at }: Notification, publicUrl: string): Mail {
  const time = `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  const content: MailContent = {
    subject: title,
    paragraphs: [text, deviceName === null ? `At ${time}.` : `${deviceName}, at ${time}.`],
    ...(publicUrl !== "" && {
      link: { label: "Open the rule", url: `${new URL(publicUrl).origin}/rules/${ruleId}` },
    }),
    closing:
      `You get this mail because your rule "${ruleName}" says so. To get no more of them, switch the rule off, or take ` +
      "the mail out of what it does.",
  };
  return { kind: "rule", subject: content.subject, text: asText(content), html: asHtml(content) };
}
