// The people of a deployment, opened once per isolate and origin: better-auth is not cheap to build. Joins them to the mails they
// are sent.
import { waitUntil } from "cloudflare:workers";
import type { Config } from "../../config.ts";
import type { NotifyPerson } from "../../identity/people-notices.ts";
import { type People, openPeople } from "../../identity/people.ts";
import { personMail } from "../../outbound/person-mails.ts";
import type { RequestContext } from "../context.ts";
import { passwordHashing } from "./passwords.ts";

/** A deployment answers to a few host names at most. */
const maxOrigins = 8;
const opened = new WeakMap<Config, Map<string, People>>();

export function peopleOf(ctx: RequestContext, requestOrigin: string): People {
  const byOrigin = opened.get(ctx.config) ?? new Map<string, People>();
  opened.set(ctx.config, byOrigin);
  const known = byOrigin.get(requestOrigin);
  if (known) return known;
  const { store, config } = ctx;
  const people = openPeople({
    store,
    config,
    requestOrigin,
    notify: notifier(ctx),
    passwords: passwordHashing(ctx.passwordHashers, ctx.origin.continent),
  });
  if (byOrigin.size >= maxOrigins) byOrigin.clear();
  byOrigin.set(requestOrigin, people);
  return people;
}

/** Mails leave after the answer: a slow or failing one is nobody's wait, and tells no stranger who has an account. */
function notifier({ mail, baseUrl }: RequestContext): NotifyPerson {
  if (mail === null) return null;
  return (to, notice) => waitUntil(mail.send(to, personMail(notice, baseUrl)));
}
