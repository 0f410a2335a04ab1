// Tells a hub what became of a credential, after the database has it. A failure is not the caller's: the outbox row stays and
// the scheduled job tries again.
import type { CredentialState } from "../../domain/credentials.ts";
import { newId } from "../../domain/ids.ts";
import { hubStub } from "../../hub-stub.ts";
import type { NewNotice } from "../../store/store.ts";
import type { RequestContext, SystemContext } from "../context.ts";

/** Long enough that the scheduled job does not race the call made at once. */
const retryAfterMs = 30_000;

/** The outbox row to commit together with a change. */
export function newNotice(ctx: SystemContext): NewNotice {
  const now = ctx.now();
  return { id: newId("out", now), now, retryAt: now + retryAfterMs };
}

/** Tells the hub these states, and who changed them if that is known. Throws when it could not be reached or refused. */
export async function applyCredentials(
  ctx: SystemContext,
  hubId: string,
  states: CredentialState[],
  author: string | null = null,
): Promise<void> {
  const result = await hubStub(ctx.hubs, hubId).applyCredentials(states, ctx.meter.call(hubId), author);
  if (!result.ok) throw new Error(`The hub refused: ${result.code} ${result.message}`);
}

/** Tells the hub at once, if the change left a notice, and takes the notice back when it listened. Never throws. */
export async function tellHub(
  ctx: RequestContext,
  input: { hubId: string; notice: NewNotice; noticed: boolean; state: CredentialState; author?: string },
): Promise<void> {
  const { hubId, notice, noticed, state, author } = input;
  if (noticed) await tellHubOfAll(ctx, { hubId, noticeIds: [notice.id], states: [state], author });
}

/** The same for a change that left several notices, or one of several states. */
export async function tellHubOfAll(
  ctx: SystemContext & { requestId?: string },
  {
    hubId,
    noticeIds,
    states,
    author,
  }: { hubId: string; noticeIds: string[]; states: CredentialState[]; author?: string | undefined },
): Promise<void> {
  if (noticeIds.length === 0) return;
  try {
    if (states.length > 0) await applyCredentials(ctx, hubId, states, author);
    await ctx.store.outbox.delete(noticeIds);
  } catch (error) {
    const subject = states.map((state) => state.subject).join();
    const line = { event: "hub_not_told", requestId: ctx.requestId, hubId, subject, error: String(error) };
    console.warn(JSON.stringify(line));
  }
}
