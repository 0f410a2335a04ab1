// Asks the user's hub about its connections. One that never ran has none, and asking would create it.
import type { HubCall } from "../../domain/hub-call.ts";
import { HomeportError, type Result, unwrap } from "../../errors.ts";
import { hubStub, type HubStub } from "../../hub-stub.ts";
import type { ServiceContext } from "../context.ts";

/** What the hub answers, or what holds of one that never ran. Throws `unavailable` when it does not answer. */
export async function askHub<T>(
  ctx: ServiceContext,
  ask: (hub: HubStub, call: HubCall) => Promise<Result<T>>,
  neverRan: () => T,
): Promise<T> {
  const hub = await ctx.store.hubs.ofUser(ctx.user.userId);
  if (!hub || hub.startedAt === null) return neverRan();
  const result = await ask(hubStub(ctx.hubs, hub.id), ctx.meter.call(hub.id)).catch((cause: unknown) => {
    throw new HomeportError("unavailable", "The hub does not answer. Try again in a moment.", {
      retryAfterSeconds: 1,
      cause,
    });
  });
  return unwrap(result);
}
