// A person denies a device that asks to be paired: its next poll tells it so.
import type { ServiceContext } from "../context.ts";
import { alreadyDecided } from "./approve-pairing.ts";
import { pairingOfCode } from "./get-pairing.ts";

export async function denyPairing({ ctx, input }: { ctx: ServiceContext; input: { userCode: string } }): Promise<void> {
  const { pairing } = await pairingOfCode(ctx, input.userCode);
  const { userCodeHash } = pairing;
  const decision = { userCodeHash, userId: ctx.user.userId, deviceId: null, now: ctx.now() };
  if (!(await ctx.store.pairings.decide(decision))) throw alreadyDecided();
}
