// Deletes the person's account with everything, once they have confirmed it: they are signed out everywhere at once, and the rest is
// removed by a job.
import { newId, randomText } from "../../domain/ids.ts";
import { HomeportError } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { retryAfterMs } from "./erase-account.ts";

/** Whoever signed in so recently need not show the password. */
const freshMs = 600_000;

export interface DeletionState {
  id: string;
  status: "removing" | "done";
  requestedAt: number;
  doneAt: number | null;
}

export async function deleteAccount({
  ctx,
  input: { signedInAt, isPasswordRight },
}: {
  ctx: ServiceContext;
  /** `signedInAt`: epoch ms; null: not known. `isPasswordRight`: null: none was given. */
  input: { signedInAt: number | null; isPasswordRight: boolean | null };
}): Promise<DeletionState> {
  if (isPasswordRight === false) throw new HomeportError("bad_request", "password: this is not your password.");
  const now = ctx.now();
  if (isPasswordRight === null && (signedInAt === null || now - signedInAt > freshMs)) {
    throw new HomeportError("forbidden", "Send your password, or sign in anew and come back within ten minutes.");
  }
  // The second part is for nobody to guess: the id is all that later shows how far it is.
  const id = `${newId("del", now)}${randomText(20)}`;
  await ctx.store.accounts.begin({ id, ...ctx.user, now, nextAttemptAt: now + retryAfterMs });
  await ctx.jobs.send({ type: "eraseAccount", deletionId: id }).catch((error: unknown) => {
    // The cron job sends it later.
    console.warn(JSON.stringify({ event: "job.not_sent", requestId: ctx.requestId, error: String(error) }));
  });
  console.log(JSON.stringify({ event: "account_deleted", requestId: ctx.requestId, userId: ctx.user.userId }));
  return { id, status: "removing", requestedAt: now, doneAt: null };
}
