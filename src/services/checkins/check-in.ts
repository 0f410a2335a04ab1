// A check-in: what changed for a device that polls. Nothing new is answered from the edge; whoever reports, or finds nothing there,
// makes one call of the hub. No database.
import {
  type CheckInAnswer,
  checkInKey,
  type CheckInOrigin,
  type CheckInRequest,
  isAnswered,
  paceOf,
  type Report,
} from "../../domain/check-ins.ts";
import { HomeportError, unauthenticated } from "../../errors.ts";
import { hubStub } from "../../hub-stub.ts";
import { verifyToken } from "../../identity/tokens.ts";
import { type CheckInCache, openCheckInCache } from "../../store/check-in-cache.ts";
import type { RequestContext } from "../context.ts";

export interface CheckInContext extends RequestContext {
  checkInCache: Env["CHECKIN_CACHE"];
  /** How often one device may come. */
  checkInLimit: RateLimit;
  /** For what the device need not wait for. */
  defer(work: Promise<unknown>): void;
}

export interface CheckInInput {
  /** A device's credential; null: none was shown. */
  token: string | null;
  report: Report | null;
  /** Cursor of an earlier answer. */
  acknowledged: string | null;
  /** Asks the hub whatever is kept. */
  fresh: boolean;
  origin: CheckInOrigin;
}

export interface CheckInOutcome {
  deviceId: string;
  answer: CheckInAnswer;
  /** Differs from device to device and from time to time, so that they do not come all at once. */
  nextCheckinSeconds: number;
  /** How long after one report the next is wanted. */
  reportAfterSeconds: number;
}

export async function checkIn({ ctx, input }: { ctx: CheckInContext; input: CheckInInput }): Promise<CheckInOutcome> {
  const { deviceId, hubId, gen } = deviceOf(ctx, input.token);
  ctx.meter.paidBy({ hubId }, deviceId);
  await checkPace(ctx, deviceId);
  const key = checkInKey(deviceId, gen);
  const onKvRead = () => ctx.meter.count("kvReads");
  const cache = openCheckInCache(ctx.checkInCache, { baseUrl: ctx.baseUrl, defer: ctx.defer, onKvRead });
  const mayBeKept = input.report === null && !input.fresh;
  const kept = mayBeKept ? await cache.read(key) : null;
  if (kept && "refused" in kept) throw unauthenticated();
  const { report, acknowledged, origin } = input;
  if (kept && isAnswered(kept.answer, acknowledged)) return outcomeOf(ctx, deviceId, kept.answer);
  const isMissing = mayBeKept && kept === null;
  const request = { deviceId, gen, report, acknowledged, isMissing, origin };
  return outcomeOf(ctx, deviceId, await askHub(ctx, cache, hubId, request));
}

/** Throws `rate_limited` for a device that does not keep to the times it is told. */
async function checkPace(ctx: CheckInContext, deviceId: string): Promise<void> {
  const { success } = await ctx.checkInLimit.limit({ key: deviceId });
  if (success) return;
  const sentence = "This device checks in too often. Obey nextCheckinSeconds.";
  throw new HomeportError("rate_limited", sentence, { retryAfterSeconds: ctx.config.CHECKIN_SECONDS });
}

function deviceOf(ctx: RequestContext, token: string | null): { deviceId: string; hubId: string; gen: number } {
  if (token === null) throw unauthenticated();
  const verified = verifyToken(ctx.keys, token, ctx.now());
  if (verified.kind === "device") return verified;
  throw new HomeportError("forbidden", "Devices check in, with their own credential.");
}

async function askHub(
  ctx: CheckInContext,
  cache: CheckInCache,
  hubId: string,
  request: CheckInRequest,
): Promise<CheckInAnswer> {
  const result = await hubStub(ctx.hubs, hubId, ctx.origin.continent)
    .checkIn(request, ctx.meter.call(hubId))
    .catch((cause: unknown) => {
      throw new HomeportError("unavailable", "The hub does not answer. Try again in a moment.", {
        retryAfterSeconds: 5,
        cause,
      });
    });
  const key = checkInKey(request.deviceId, request.gen);
  if (result.ok) {
    const answer = JSON.parse(result.value) as CheckInAnswer;
    ctx.defer(cache.remember(key, { answer }));
    return answer;
  }
  if (result.code !== "unauthenticated") throw new HomeportError(result.code, result.message, { retryAfterSeconds: 5 });
  // A device that was revoked goes on polling, and must not wake its hub each time. A generation never comes back.
  ctx.defer(cache.remember(key, { refused: true }));
  throw unauthenticated();
}

function outcomeOf({ config }: CheckInContext, deviceId: string, answer: CheckInAnswer): CheckInOutcome {
  const { CHECKIN_SECONDS, CHECKIN_REPORT_SECONDS, CHECKIN_PRESENCE_SECONDS } = config;
  const pace = paceOf(answer.checkInSeconds) ?? {
    checkInSeconds: CHECKIN_SECONDS,
    presenceSeconds: CHECKIN_PRESENCE_SECONDS,
  };
  const seconds = answer.more ? 1 : pace.checkInSeconds * (0.8 + Math.random() * 0.4);
  return {
    deviceId,
    answer,
    nextCheckinSeconds: Math.max(1, Math.round(seconds)),
    reportAfterSeconds: Math.min(CHECKIN_REPORT_SECONDS, pace.presenceSeconds),
  };
}
