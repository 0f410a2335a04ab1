// What a person sees of a device that asks to be paired. Whoever enters its code may look, until somebody has decided: then
// only that person.
import { notFound } from "../../errors.ts";
import { hashCode, readUserCode } from "../../identity/pairing-codes.ts";
import type { Pairing } from "../../store/store.ts";
import type { ServiceContext } from "../context.ts";

export interface PairingView {
  userCode: string;
  clientId: string;
  suggestedName: string | null;
  country: string | null;
  status: Pairing["status"];
  deviceId: string | null;
  createdAt: number;
  expiresAt: number;
}

export async function getPairing({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { userCode: string };
}): Promise<PairingView> {
  const { pairing, userCode } = await pairingOfCode(ctx, input.userCode);
  const { clientId, suggestedName, country, status, deviceId, createdAt, expiresAt } = pairing;
  return { userCode, clientId, suggestedName, country, status, deviceId, createdAt, expiresAt };
}

/** The pairing behind a code as a person typed it. Throws `not_found`, the same for every reason. */
export async function pairingOfCode(
  ctx: ServiceContext,
  typed: string,
): Promise<{ pairing: Pairing; userCode: string }> {
  const userCode = readUserCode(typed);
  const pairing = userCode && (await ctx.store.pairings.findByUserCode(hashCode(ctx.keys, userCode)));
  const isOthers = pairing && pairing.userId !== null && pairing.userId !== ctx.user.userId;
  if (!pairing || isOthers || pairing.expiresAt <= ctx.now()) throw notFound("pairing code");
  return { pairing, userCode };
}
