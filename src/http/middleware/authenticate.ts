// Finds out for whom a request speaks. A request that carries its authority in a cookie must come from one of our pages.
import type { Context, MiddlewareHandler } from "hono";
import { HomeportError, unauthenticated } from "../../errors.ts";
import type { ServiceContext } from "../../services/context.ts";
import { authenticate, authenticatePerson } from "../../services/people/authenticate.ts";
import type { AppEnv } from "../app-env.ts";

/** All that a restricted token opens: values and histories of streams, whose services look at what was granted. */
const restrictedPath = /^\/v1\/(?:devices\/[^/]+\/streams(?:\/[^/]+)?|streams)$/;

/** A request for a device is that device's in the bill. */
const deviceInPath = /^\/v1\/devices\/(dev_[0-9a-z]{1,40})(?:\/|$)/;

/** Every way in: app JWT, app token, token of the outside issuer, session; and a share's, where that may go. */
export const authenticated: MiddlewareHandler<AppEnv> = async (c, next) => {
  const input = shownBy(c);
  if (input.bearer === null) requireOwnOrigin(c);
  const { user, restriction } = await authenticate({ ctx: c.var.request, input });
  c.var.request.meter.paidBy(user, deviceInPath.exec(c.req.path)?.[1]);
  if (restriction !== null && !(c.req.method === "GET" && restrictedPath.test(c.req.path))) throw unauthenticated();
  c.set("ctx", { ...c.var.request, user, ...(restriction && { restriction }) });
  await next();
};

/** Who signed in as a person, prolonging the session: what may not be had with a token that was derived from one. */
export async function personContext(
  c: Context<AppEnv>,
): Promise<{ ctx: ServiceContext; expiresAt: number | null; signedInAt: number | null }> {
  const input = { ...shownBy(c), prolong: true };
  const { user, cookies, expiresAt, signedInAt } = await authenticatePerson({ ctx: c.var.request, input });
  c.var.request.meter.paidBy(user);
  for (const cookie of cookies) c.header("Set-Cookie", cookie, { append: true });
  return { ctx: { ...c.var.request, user }, expiresAt, signedInAt };
}

export function shownBy(c: Context<AppEnv>) {
  const authorization = c.req.header("authorization");
  return {
    bearer: authorization === undefined ? null : (/^bearer +(\S+)\s*$/i.exec(authorization)?.[1] ?? ""),
    cookie: c.req.header("cookie") ?? null,
    requestOrigin: new URL(c.req.url).origin,
  };
}

/** Browsers name the origin of whatever changes state; a page of somebody else's must not use the cookie. */
export function requireOwnOrigin(c: Context<AppEnv>): void {
  if (["GET", "HEAD", "OPTIONS"].includes(c.req.method) || c.req.header("cookie") === undefined) return;
  const { baseUrl, config } = c.var.request;
  const origin = c.req.header("origin");
  const own = [baseUrl, new URL(c.req.url).origin, ...config.CORS_ORIGINS];
  if (origin === undefined || !own.includes(origin)) {
    throw new HomeportError(
      "forbidden",
      "With a cookie, requests that change something must come from an allowed origin.",
    );
  }
}
