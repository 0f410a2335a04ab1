// The one place where a failure becomes an HTTP answer: `{error: {code, message, requestId}}`.
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { type ErrorCode, HomeportError, errorStatuses } from "../errors.ts";
import type { AppEnv } from "./app-env.ts";

const codesOfStatus: Record<number, ErrorCode> = {
  400: "bad_request",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  405: "method_not_allowed",
  412: "precondition_failed",
  413: "payload_too_large",
  415: "unsupported_media_type",
};

/** Hono's and zod-openapi's own refusals in our terms. */
function homeportErrorOf(error: unknown): HomeportError | null {
  if (error instanceof HomeportError) return error;
  if (!(error instanceof HTTPException)) return null;
  const code = codesOfStatus[error.status] ?? "bad_request";
  return new HomeportError(
    code,
    code === "unsupported_media_type" ? "Send `content-type: application/json`." : error.message,
  );
}

export function answerError(error: Error, c: Context<AppEnv>): Response {
  const known = homeportErrorOf(error);
  const requestId = c.get("requestId");
  // For the log alone.
  if (!known || known.code === "internal" || known.code === "unavailable") c.set("failure", error);
  const code = known?.code ?? "internal";
  // What is wrong inside is for the log, not for the caller.
  const message =
    known && code !== "internal" ? known.message : "Something went wrong on our side. It has been logged.";
  if (known?.retryAfterSeconds !== undefined) c.header("Retry-After", String(known.retryAfterSeconds));
  if (code === "unauthenticated") c.header("WWW-Authenticate", "Bearer");
  const current = known?.current === undefined ? {} : { current: known.current };
  return c.json({ error: { code, message, requestId }, ...current }, errorStatuses[code]);
}
