// The closed list of what can go wrong, as callers see it. Each edge translates a code once: HTTP to a status,
// MQTT to a reason code. Imports nothing.

/** Every error code of the API with the HTTP status it travels under. */
export const errorStatuses = {
  bad_request: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  precondition_failed: 412,
  payload_too_large: 413,
  unsupported_media_type: 415,
  range_not_satisfiable: 416,
  upgrade_required: 426,
  rate_limited: 429,
  quota_exceeded: 429,
  internal: 500,
  unavailable: 503,
  schema_outdated: 503,
} as const;

export type ErrorCode = keyof typeof errorStatuses;

/** When each is answered, for docs/errors.md and the API's description. */
export const errorMeanings: Record<ErrorCode, string> = {
  bad_request: "The request does not fit its description; the message names each field at fault.",
  unauthenticated: "No token, or one that is unknown, forged, expired or revoked: always in the same words.",
  forbidden: "Who asks is known and may not: a device's credential, a page of another site, a topic of the hub.",
  not_found: "It does not exist, was deleted, or belongs to somebody else.",
  method_not_allowed: "The address exists for the methods in `Allow`.",
  conflict: "It exists already, or somebody else was faster.",
  precondition_failed: "`If-Match` names another version than the present one, which comes along as `current`.",
  payload_too_large: "The body, or the message in it, is larger than this deployment takes.",
  unsupported_media_type: "The body is not `application/json`.",
  range_not_satisfiable: "The file has no such bytes; `Content-Range` says how many it has.",
  upgrade_required: "This address takes WebSockets.",
  rate_limited: "Too many attempts. Come back after `Retry-After` seconds.",
  quota_exceeded: "As many as there may be exist already.",
  internal: "A bug of ours. The log has it under the request id.",
  unavailable: "The database or the hub does not answer. Come back after `Retry-After` seconds.",
  schema_outdated: "The database is older than this version: its operator has to migrate it.",
};

/** An expected failure with a sentence that may be shown to whoever caused it. */
export class HomeportError extends Error {
  override readonly name = "HomeportError";
  readonly code: ErrorCode;
  /** Seconds after which a retry makes sense; sent as `Retry-After`. */
  readonly retryAfterSeconds: number | undefined;

  /** What is there instead of what was expected, as the API shows it; sent beside the error. */
  readonly current: unknown;

  constructor(
    code: ErrorCode,
    message: string,
    options: { retryAfterSeconds?: number; cause?: unknown; current?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.current = options.current;
  }
}

/** One answer for every unknown, forged, expired or revoked token, so that a stranger learns nothing. */
export function unauthenticated(): HomeportError {
  return new HomeportError("unauthenticated", "Sign in, or send a valid token as `Authorization: Bearer …`.");
}

/** One answer for what does not exist, was deleted, or belongs to somebody else. */
export function notFound(what: string): HomeportError {
  return new HomeportError("not_found", `There is no such ${what}.`);
}

/** The result of an RPC call: what can be expected to fail is a value, only bugs throw. */
export type Result<T> = { ok: true; value: T } | { ok: false; code: ErrorCode; message: string };

/** The value of a result, or its failure thrown as a HomeportError. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new HomeportError(result.code, result.message);
}
