// Sends mail through the platform's e-mail binding. Decides who sends, never what is said; logs what could not be sent,
// without the address.

export interface Mail {
  /** What kind of mail it is, for the log. */
  kind: string;
  subject: string;
  text: string;
  html: string;
  /** Besides those that the platform makes; it refuses what it does not know. */
  headers?: Record<string, string>;
}

export interface MailSender {
  /** Whether it could be sent. Never rejects: nothing else that a request does may fail because of a mail. */
  send(to: string, mail: Mail): Promise<boolean>;
}

/** Addresses below this top-level domain reach nobody (RFC 2606 §2). */
const unreachable = /\.invalid$/i;

/** Of `address` or `Name <address>`, as MAIL_FROM has it. */
function senderOf(mailFrom: string): EmailAddress {
  const [, name = "", email = ""] = /^(.*)<(.*)>$/.exec(mailFrom) ?? ["", "Homeport", mailFrom];
  return { name: name.trim(), email };
}

/** Null for a deployment that sends no mail: one without MAIL_FROM. */
export function openMail(binding: SendEmail | undefined, mailFrom: string): MailSender | null {
  if (mailFrom === "" || !binding) return null;
  const from = senderOf(mailFrom);
  return {
    async send(to, { kind, ...content }) {
      if (unreachable.test(to)) return false;
      try {
        await binding.send({ from, to, ...content });
        return true;
      } catch (error) {
        console.error(JSON.stringify({ event: "mail.failed", kind, error: String(error).replaceAll(to, "…") }));
        return false;
      }
    },
  };
}
