// Whether a person wants the mails of their rules: a preference, which the link in each of them changes without a sign-in.
import { notFound } from "../../errors.ts";
import { unsubscribeToken, verifyUnsubscribeToken } from "../../identity/unsubscribe-tokens.ts";
import type { SystemContext } from "../context.ts";
import { changePreferences } from "../preferences/preferences.ts";

export async function wantsRuleMails({ store }: SystemContext, userId: string): Promise<boolean> {
  return (await store.preferences.read(userId)).value.ruleMails !== false;
}

/** What ends them, for a mail to this person; null: nobody knows where people find the deployment. */
export function unsubscribeUrl({ config, keys, now }: SystemContext, userId: string): string | null {
  if (config.PUBLIC_URL === "") return null;
  const url = new URL("/v1/unsubscribe", config.PUBLIC_URL);
  url.searchParams.set("token", unsubscribeToken(keys, userId, now()));
  return url.href;
}

/** Throws `not_found`, the same for every token that does not work. Changes nothing. */
export function personOfToken({ keys, now }: SystemContext, token: string): { userId: string } {
  const person = verifyUnsubscribeToken(keys, token, now());
  if (person === null) throw notFound("link");
  return person;
}

/** For whoever shows the link. Of an account that is gone there is nothing to change, and nothing to say. */
export async function setRuleMails({
  ctx,
  input: { token, areWanted },
}: {
  ctx: SystemContext;
  input: { token: string; areWanted: boolean };
}): Promise<void> {
  const { userId } = personOfToken(ctx, token);
  if ((await ctx.store.people.address(userId)) === null) return;
  await changePreferences(ctx, userId, { ruleMails: areWanted ? null : false });
}
