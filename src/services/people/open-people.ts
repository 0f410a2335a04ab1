// The people of a deployment, opened once per isolate and origin: better-auth is not cheap to build.
import { type People, openPeople } from "../../identity/people.ts";
import type { Store } from "../../store/store.ts";
import type { RequestContext } from "../context.ts";

/** A deployment answers to a few host names at most. */
const maxOrigins = 8;
const opened = new WeakMap<Store, Map<string, People>>();

export function peopleOf(ctx: RequestContext, requestOrigin: string): People {
  const byOrigin = opened.get(ctx.store) ?? new Map<string, People>();
  opened.set(ctx.store, byOrigin);
  const known = byOrigin.get(requestOrigin);
  if (known) return known;
  const people = openPeople({ store: ctx.store, config: ctx.config, requestOrigin });
  if (byOrigin.size >= maxOrigins) byOrigin.clear();
  byOrigin.set(requestOrigin, people);
  return people;
}
