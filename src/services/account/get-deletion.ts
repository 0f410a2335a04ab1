// How far the removal of an account is, for whoever has its id: there is nobody left who could sign in to ask.
import { notFound } from "../../errors.ts";
import type { RequestContext } from "../context.ts";
import type { DeletionState } from "./delete-account.ts";

export async function getDeletion({
  ctx,
  input: { id },
}: {
  ctx: RequestContext;
  input: { id: string };
}): Promise<DeletionState> {
  const deletion = await ctx.store.accounts.find(id);
  if (!deletion) throw notFound("deletion");
  const { createdAt: requestedAt, doneAt } = deletion;
  return { id, status: doneAt === null ? "removing" : "done", requestedAt, doneAt };
}
