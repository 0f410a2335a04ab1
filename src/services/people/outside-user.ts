// The user of a person of an outside issuer: found by issuer and subject, made on first sight. Never by e-mail address: an
// address that a local account has does not make two people one.
import { newId } from "../../domain/ids.ts";
import { HomeportError } from "../../errors.ts";
import {
  isOutsideToken,
  type OutsideIdentity,
  outsideAccountId,
  verifyOutsideToken,
} from "../../identity/outside-tokens.ts";
import type { ServiceContext, SystemContext } from "../context.ts";
import { hubOfUser } from "./hub-of-user.ts";

export interface OutsideUser {
  user: ServiceContext["user"];
  /** When the token ends, epoch ms. */
  expiresAt: number;
  /** When the person signed in with the issuer, epoch ms; null: it does not say. */
  signedInAt: number | null;
}

/** Null for a token that does not claim to be the outside issuer's. Throws `unauthenticated` for one that is no good. */
export async function outsideUser({
  ctx,
  input,
}: {
  ctx: SystemContext;
  input: { token: string };
}): Promise<OutsideUser | null> {
  if (!isOutsideToken(ctx.config, input.token)) return null;
  const identity = await verifyOutsideToken(ctx.config, input.token, ctx.now);
  const accountId = outsideAccountId(identity.issuer, identity.subject);
  const found = (await ctx.store.people.findOutside(accountId)) ?? (await makeUser(ctx, identity, accountId));
  const hubId = found.hubId ?? (await hubOfUser({ ctx, input: found }));
  return { user: { userId: found.userId, hubId }, expiresAt: identity.expiresAt, signedInAt: identity.signedInAt };
}

/** Two first requests at once make one user: the account's id can be taken once. */
async function makeUser(
  { store, now }: SystemContext,
  { issuer, subject, email, name }: OutsideIdentity,
  accountId: string,
): Promise<{ userId: string; hubId: string | null }> {
  const createdAt = now();
  const userId = newId("usr", createdAt);
  // An address nobody could have taken before, and at which nobody is.
  const placeholder = `${userId}@outside.invalid`;
  for (const address of email === null ? [placeholder] : [email, placeholder]) {
    try {
      const emailVerified = address === email;
      await store.people.createOutside({
        userId,
        accountId,
        issuer,
        subject,
        email: address,
        emailVerified,
        name,
        createdAt,
      });
      return { userId, hubId: null };
    } catch (error) {
      if (!(error instanceof HomeportError) || error.code !== "conflict") throw error;
      const other = await store.people.findOutside(accountId);
      if (other) return other;
      // Then the address is somebody else's.
    }
  }
  throw new HomeportError("unavailable", "That did not work. Try again in a moment.", { retryAfterSeconds: 5 });
}
