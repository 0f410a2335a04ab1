// The mail by which a rule tells its owner. Its words are the owner's own, so it goes only to an address they have confirmed.
import type { Notification } from "../domain/notifications.ts";
import type { Mail } from "./mail.ts";
import { asHtml, asText, type MailContent } from "./mail-layout.ts";

/** `publicUrl`: where people find the deployment; empty: unknown, and the mail has no link. `unsubscribeUrl`: the same. */
export function ruleMail(
  { title, text, ruleId, ruleName, deviceName, at }: Notification,
  { publicUrl, unsubscribeUrl }: { publicUrl: string; unsubscribeUrl: string | null },
): Mail {
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
    ...(unsubscribeUrl !== null && { closingLink: { label: "No more mails from any rule", url: unsubscribeUrl } }),
  };
  const mail = { kind: "rule", subject: content.subject, text: asText(content), html: asHtml(content) };
  return unsubscribeUrl === null ? mail : { ...mail, headers: oneClick(unsubscribeUrl) };
}

/** RFC 8058 §3.1: mail programs offer it themselves, over HTTPS alone. */
function oneClick(url: string): Record<string, string> {
  if (!url.startsWith("https:")) return {};
  return { "List-Unsubscribe": `<${url}>`, "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" };
}
