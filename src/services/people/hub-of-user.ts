// Which hub is the user's. Made at sign-up; here if that failed half-way.
import { newId } from "../../domain/ids.ts";
import { unauthenticated } from "../../errors.ts";
import type { SystemContext } from "../context.ts";

/** The id of the user's hub. Throws `unauthenticated` when the user is gone. */
export async function hubOfUser({ ctx, input }: { ctx: SystemContext; input: { userId: string } }): Promise<string> {
  const now = ctx.now();
  const hub =
    (await ctx.store.hubs.ofUser(input.userId)) ?? (await ctx.store.hubs.ensure(input.userId, newId("hub", now), now));
  if (!hub) throw unauthenticated();
  return hub.id;
}
