// What sends a mail: needs a deployment that can, and is slowed down per client address and per mailbox, so that nobody can
// use the deployment to fill somebody's mailbox.
import type { MiddlewareHandler } from "hono";
import { HomeportError } from "../../errors.ts";
import type { AppEnv } from "../app-env.ts";
import { addressOf, count } from "./rate-limit.ts";

export const mailLimit: MiddlewareHandler<AppEnv> = async (c, next) => {
  await count(c.env.MAIL_LIMIT, addressOf(c.req.header("cf-connecting-ip")));
  await mailboxLimit(c, next);
};

/** Per mailbox alone, for what is limited per client address already; without mail there is nothing to limit. */
export const mailboxLimit: MiddlewareHandler<AppEnv> = async (c, next) => {
  const mailbox = c.var.request.mail === null ? null : await mailboxInBody(c.req.raw);
  if (mailbox !== null) await count(c.env.MAIL_LIMIT, mailbox);
  await next();
};

/** The key of the mailbox that a request is about; null: it names none. */
async function mailboxInBody(request: Request): Promise<string | null> {
  const body = (await request
    .clone()
    .json()
    .catch(() => null)) as { email?: unknown; newEmail?: unknown } | null;
  const address = body?.email ?? body?.newEmail;
  return typeof address === "string" ? `mailbox:${address.trim().toLowerCase().slice(0, 254)}` : null;
}

/** For what makes no sense without mail. */
export const mailRequired: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.var.request.mail === null) {
    throw new HomeportError("bad_request", "This deployment sends no mail. Its operator can set MAIL_FROM.");
  }
  await next();
};
