// A device asks whether it was approved (RFC 8628 §3.4). The first poll after the approval takes the credential; if that answer
// is lost, the device pairs again.
import { HomeportError } from "../../errors.ts";
import { hashCode } from "../../identity/pairing-codes.ts";
import type { Pairing } from "../../store/store.ts";
import type { RequestContext } from "../context.ts";
import { type IssuedCredential, issueCredential } from "../devices/issue-credential.ts";
import { hubOfUser } from "../people/hub-of-user.ts";

export type PollOutcome =
  | { status: "pending" | "slow_down" | "denied" | "expired" | "unknown" }
  | { status: "paired"; issued: IssuedCredential };

/** RFC 8628 §3.5. */
const slowDownSeconds = 5;
/** What a poll may come early, for requests travel unevenly. */
const toleranceMs = 1000;

export async function pollPairing({
  ctx,
  input: { deviceCode, clientId },
}: {
  ctx: RequestContext;
  input: { deviceCode: string; clientId: string };
}): Promise<PollOutcome> {
  const now = ctx.now();
  const pairing = await ctx.store.pairings.findByDeviceCode(hashCode(ctx.keys, deviceCode));
  if (!pairing || pairing.clientId !== clientId || pairing.status === "paired") return { status: "unknown" };
  if (pairing.expiresAt <= now) return { status: "expired" };
  if (pairing.status === "denied") return { status: "denied" };
  if (pairing.status === "approved") return collect(ctx, pairing, now);
  const isEarly =
    pairing.lastPollAt !== null && now < pairing.lastPollAt + pairing.intervalSeconds * 1000 - toleranceMs;
  const { deviceCodeHash } = pairing;
  await ctx.store.pairings.recordPoll({ deviceCodeHash, now, slowDownSeconds: isEarly ? slowDownSeconds : 0 });
  return { status: isEarly ? "slow_down" : "pending" };
}

/** Of two polls at once, one gets the credential and the other hears that its code is used up. */
async function collect(
  ctx: RequestContext,
  { deviceCodeHash, userId, deviceId }: Pairing,
  now: number,
): Promise<PollOutcome> {
  if (userId === null || deviceId === null) throw new Error("An approved pairing names a user and a device.");
  try {
    const user = { userId, hubId: await hubOfUser({ ctx, input: { userId } }) };
    if (!(await ctx.store.pairings.claim(deviceCodeHash, now))) return { status: "unknown" };
    return { status: "paired", issued: await issueCredential({ ctx: { ...ctx, user }, input: { deviceId } }) };
  } catch (error) {
    // The person or the device is gone since the approval.
    const isGone = error instanceof HomeportError && ["not_found", "unauthenticated"].includes(error.code);
    if (isGone) return { status: "denied" };
    throw error;
  }
}
