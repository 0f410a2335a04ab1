// A deployment that sends mail, and the mails it sent: stands in for the platform's binding.
import type { Answer, Call } from "./api.ts";
import { call, respond } from "./api.ts";

export interface SentMail {
  from: { name: string; email: string };
  to: string;
  subject: string;
  text: string;
  html: string;
  headers?: Record<string, string>;
}

export class Mailbox {
  readonly mails: SentMail[] = [];
  readonly bindings: Record<string, unknown>;

  constructor(bindings: Record<string, unknown> = {}) {
    const send = async (mail: SentMail) => {
      this.mails.push(mail);
      return { messageId: "1" };
    };
    this.bindings = { MAIL: { send }, MAIL_FROM: "Homeport <post@homeport.test>", ...bindings };
  }

  /** A call of this deployment, from a client address of its own unless it names one. */
  async call(method: string, path: string, options: Call = {}): Promise<Answer> {
    const headers = { "cf-connecting-ip": crypto.randomUUID(), ...options.headers };
    const answer = await call(method, path, { ...options, headers, bindings: this.bindings as Partial<Env> });
    await new Promise((resolve) => setTimeout(resolve, 0)); // mails leave after the answer
    return answer;
  }

  /** The page a browser shows. */
  async page(
    path: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; headers: Headers; text: string }> {
    const bindings = this.bindings as Partial<Env>;
    const response = await respond("GET", path, {
      headers: { "cf-connecting-ip": crypto.randomUUID(), ...headers },
      bindings,
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  /** The same deployment without MAIL_FROM. */
  withoutSender(): this {
    this.bindings.MAIL_FROM = "";
    return this;
  }

  /** Takes the only mail there is, and makes sure that it is for this address. */
  take(to: string): SentMail & { link: string } {
    const [mail, ...others] = this.mails.splice(0);
    if (!mail || others.length > 0 || mail.to !== to) {
      throw new Error(`expected one mail to ${to}, found ${JSON.stringify(mail ? [mail, ...others] : [])}`);
    }
    return { ...mail, link: linkIn(mail.text) };
  }
}

/** The address a mail asks its reader to open, without the origin; empty: none. */
export function linkIn(text: string): string {
  const link = /^https?:\S+$/m.exec(text)?.[0];
  return link === undefined ? "" : link.slice(new URL(link).origin.length);
}
