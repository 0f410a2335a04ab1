// A device without a keyboard asks to be paired (RFC 8628 §3.1): it gets a code to show and a code to poll with. Nobody knows
// yet whose it is, so no hub hears of it.
import { HomeportError } from "../../errors.ts";
import { hashCode, newDeviceCode, newUserCode } from "../../identity/pairing-codes.ts";
import type { RequestContext } from "../context.ts";

export interface StartPairingInput {
  /** The model or firmware the device says it is. */
  clientId: string;
  suggestedName: string | null;
  /** ISO two letters. */
  country: string | null;
}

export interface StartedPairing {
  deviceCode: string;
  userCode: string;
  verificationUri: string;
  verificationUriComplete: string;
  expiresInSeconds: number;
  intervalSeconds: number;
}

const lifeMs = 600_000;
const intervalSeconds = 5;
/** A user code is in use with a chance of one in millions; twice in a row, something else is wrong. */
const attempts = 2;

export async function startPairing({
  ctx,
  input,
}: {
  ctx: RequestContext;
  input: StartPairingInput;
}): Promise<StartedPairing> {
  const now = ctx.now();
  if ((await ctx.store.pairings.countOpen(now)) >= ctx.config.MAX_OPEN_PAIRINGS) {
    throw new HomeportError("quota_exceeded", "Too many devices ask to be paired. Try again in some minutes.", {
      retryAfterSeconds: 120,
    });
  }
  const deviceCode = newDeviceCode();
  const userCode = await insert(ctx, input, deviceCode, now);
  const verificationUri = `${ctx.baseUrl}/pair`;
  return {
    deviceCode,
    userCode,
    verificationUri,
    verificationUriComplete: `${verificationUri}?code=${userCode}`,
    expiresInSeconds: lifeMs / 1000,
    intervalSeconds,
  };
}

async function insert(ctx: RequestContext, input: StartPairingInput, deviceCode: string, now: number): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const userCode = newUserCode();
    try {
      await ctx.store.pairings.create({
        deviceCodeHash: hashCode(ctx.keys, deviceCode),
        userCodeHash: hashCode(ctx.keys, userCode),
        ...input,
        intervalSeconds,
        createdAt: now,
        expiresAt: now + lifeMs,
      });
      return userCode;
    } catch (error) {
      const isTaken = error instanceof HomeportError && error.code === "conflict";
      if (!isTaken || attempt === attempts) throw error;
    }
  }
}
