// /v1/checkin, for devices that poll. They show their own credential; nothing here asks the database.
import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { CheckInOrigin } from "../../domain/check-ins.ts";
import { HomeportError } from "../../errors.ts";
import { checkIn, type CheckInContext } from "../../services/checkins/check-in.ts";
import type { AppEnv } from "../app-env.ts";
import { type AnswerForm, contentTypes, encodeAnswer, hasTag, tagOf } from "../check-in-answers.ts";
import { type CheckInForm, maxCheckInBytes, merge, readJsonForm, readTextForm } from "../check-in-forms.ts";
import { authorizationToken } from "../doors/upgrade-token.ts";
import { checkInAnswer, checkInForm, checkInQuery } from "../schemas/check-ins.ts";
import { json, refusals } from "../schemas/common.ts";

export const checkInRoutes = new OpenAPIHono<AppEnv>();

checkInRoutes.on(["GET", "POST"], "/checkin", async (c) => {
  const { controls, report } = await readForm(c);
  const input = {
    token: authorizationToken(c.req.raw),
    report,
    acknowledged: cursorOf(controls.ack),
    fresh: controls.fresh === "1",
    origin: originOf(c.req.raw),
  };
  const form = formOf(controls.format, c.req.header("accept"));
  const outcome = await checkIn({ ctx: contextOf(c), input });
  const tag = tagOf(outcome, form);
  c.header("Cache-Control", "private, no-cache");
  c.header("ETag", `"${tag}"`);
  c.header("X-Next-Checkin-Seconds", String(outcome.nextCheckinSeconds));
  c.header("X-Report-After-Seconds", String(outcome.reportAfterSeconds));
  if (hasTag(c.req.header("if-none-match") ?? controls.etag ?? null, tag)) return c.body(null, 304);
  return c.body(encodeAnswer(outcome, form), 200, { "content-type": contentTypes[form] });
});

const security: Record<string, string[]>[] = [{ deviceBearer: [] }, { deviceBasic: [] }];
const description = {
  path: "/checkin",
  tags: ["Check-ins"],
  security,
};
const responses = {
  200: {
    description: "What waits for the device, in one of two forms",
    content: { ...json(checkInAnswer, "").content, "text/plain": { schema: { type: "string" as const } } },
  },
  304: { description: "Nothing changed; the headers say when to come again" },
  ...refusals([
    "bad_request",
    "unauthenticated",
    "forbidden",
    "payload_too_large",
    "rate_limited",
    "internal",
    "unavailable",
  ]),
};
checkInRoutes.openAPIRegistry.registerPath({
  ...description,
  method: "post",
  summary: "A device that polls reports, and takes what waits for it",
  request: {
    query: checkInQuery,
    body: {
      required: false,
      content: {
        "application/json": { schema: checkInForm },
        "application/x-www-form-urlencoded": { schema: checkInForm },
      },
    },
  },
  responses: { ...responses, ...refusals(["unsupported_media_type"]) },
});
checkInRoutes.openAPIRegistry.registerPath({
  ...description,
  method: "get",
  summary: "The same for clients that can send a query alone; further parameters are metrics",
  request: { query: checkInQuery },
  responses,
});

function contextOf(c: Context<AppEnv>): CheckInContext {
  const defer = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
  return { ...c.var.request, defer, checkInCache: c.env.CHECKIN_CACHE, checkInLimit: c.env.CHECKIN_LIMIT };
}

async function readForm(c: Context<AppEnv>): Promise<CheckInForm> {
  const inQuery = readTextForm(new URL(c.req.url).searchParams);
  if (c.req.method !== "POST") return inQuery;
  const body = new TextDecoder().decode(await c.req.arrayBuffer());
  if (body.trim() === "") return inQuery;
  if (body.length > maxCheckInBytes) {
    throw new HomeportError("payload_too_large", `A check-in has at most ${maxCheckInBytes} bytes.`);
  }
  const type = c.req.header("content-type") ?? "";
  if (/^application\/json\s*(?:;|$)/i.test(type)) return merge(readJsonForm(body), inQuery);
  if (/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) {
    return merge(readTextForm(new URLSearchParams(body)), inQuery);
  }
  throw new HomeportError("unsupported_media_type", "Send JSON or a form.");
}

function cursorOf(ack: string | undefined): string | null {
  if (ack === undefined || ack === "") return null;
  if (/^\d{1,15}$/.test(ack)) return ack;
  throw new HomeportError("bad_request", "ack: must be the cursor of an earlier answer.");
}

function formOf(format: string | undefined, accept: string | undefined): AnswerForm {
  if (format === "json" || format === "line") return format;
  if (format !== undefined) throw new HomeportError("bad_request", "format: must be json or line.");
  return accept !== undefined && /^\s*text\/plain\b/i.test(accept) ? "line" : "json";
}

/** What the platform knows of where a request comes from, and what its client says of itself. */
function originOf({ cf, headers }: Request): CheckInOrigin {
  return {
    country: text(cf?.country),
    city: text(cf?.city),
    asn: typeof cf?.asn === "number" ? cf.asn : null,
    network: text(cf?.asOrganization),
    edge: text(cf?.colo),
    address: headers.get("cf-connecting-ip"),
    client: headers.get("user-agent")?.slice(0, 200) ?? null,
  };
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
