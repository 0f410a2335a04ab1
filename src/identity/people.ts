// People: better-auth over the store, for one origin of the deployment. Decides which of its endpoints exist and in which form
// they take and give tokens; knows nothing of routes.
import { APIError, createAuthMiddleware } from "better-auth/api";
import { type BetterAuthOptions, betterAuth } from "better-auth/minimal";
import { bearer } from "better-auth/plugins/bearer";
import type { Config } from "../config.ts";
import { newId } from "../domain/ids.ts";
import { HomeportError } from "../errors.ts";
import type { Store } from "../store/store.ts";
import { deviceOf } from "./people-devices.ts";
import { type NotifyPerson, noticeOptions, rememberDevice } from "./people-notices.ts";
import { providerNamedBy, socialPlugin, withoutTokens } from "./people-social.ts";

export interface People {
  /** Answers a request below `/api/auth`. Throws a HomeportError for whatever is not a success. */
  handle(request: Request): Promise<Response>;
  /** Whose session the cookie or the bearer token of these headers names, or null. */
  sessionOf(headers: Headers, options: { prolong: boolean }): Promise<PersonSession | null>;
  /** Whether this is the password of the person whose session these headers name. */
  isPassword(headers: Headers, password: string): Promise<boolean>;
}

export interface PersonSession {
  userId: string;
  /** When they signed in, epoch ms. */
  signedInAt: number;
  /** To set if the session was prolonged. */
  cookies: string[];
}

interface PeopleOptions {
  store: Store;
  config: Config;
  /** Where the request came to; PUBLIC_URL outranks it. */
  requestOrigin: string;
  notify: NotifyPerson;
  passwords: PasswordHashing;
}

/** Somewhere with time for it; throws `unavailable` when there is none. */
export interface PasswordHashing {
  hash(password: string): Promise<string>;
  verify(input: { hash: string; password: string }): Promise<boolean>;
}

/** A sign-up that is under way takes less. */
const unfinishedAfterMs = 60_000;
/** Kept of what a browser says of itself. */
const maxUserAgentLength = 255;
const maxNameLength = 100;
const maxImageLength = 2048;
const maxEmailLength = 254;

/** A provider that takes longer is taken for dead. */
const providerWithinMs = 10_000;

const idPrefixes: Record<string, string> = { user: "usr", session: "ses", account: "acc", verification: "ver" };

export function openPeople({ store, config, requestOrigin, notify, passwords }: PeopleOptions): People {
  const baseURL = config.PUBLIC_URL === "" ? requestOrigin : new URL(config.PUBLIC_URL).origin;
  const notices = noticeOptions({ notify, store, baseURL, requireVerifiedEmail: config.REQUIRE_VERIFIED_EMAIL });
  const options = {
    baseURL,
    basePath: "/api/auth",
    secret: config.SESSION_SECRET,
    database: store.people.tables,
    trustedOrigins: [baseURL, requestOrigin, ...config.CORS_ORIGINS],
    ...notices,
    emailAndPassword: { ...notices.emailAndPassword, password: passwords },
    // A token as the database holds it opens nothing: it must carry the signature that only SESSION_SECRET makes.
    plugins: [bearer({ requireSignature: true })],
    rateLimit: { enabled: false },
    account: {
      // A state in a cookie costs no row, so that strangers cannot fill a table.
      storeStateStrategy: "cookie",
      updateAccountOnSignIn: false,
      // What a provider says of an address does not make two accounts one; their owner may, with `/link-social`.
      accountLinking: { enabled: true, disableImplicitLinking: true },
    },
    advanced: {
      database: { generateId: ({ model }) => newId(idPrefixes[model] ?? model) },
      ipAddress: { ipAddressHeaders: ["cf-connecting-ip"] },
      // Its default is to look away where NODE_ENV is "test".
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    hooks: {
      before: createAuthMiddleware(async ({ path, body }) => {
        if (path === "/sign-in/social" && body?.idToken !== undefined) {
          throw new APIError("BAD_REQUEST", { message: "Sign in at the provider: an ID token alone will not do." });
        }
        if (path !== "/sign-up/email" || typeof body?.email !== "string") return;
        await store.people.removeUnfinished(body.email.toLowerCase(), Date.now() - unfinishedAfterMs);
      }),
    },
    databaseHooks: {
      user: {
        create: {
          before: async (user) => ({ data: { ...user, ...boundedProfile(user) } }),
          // The account is not complete yet and could not be repaired by its owner; a hub that is missing is made on first use.
          after: async (user, context) => {
            await store.hubs.ensure(user.id, newId("hub"), Date.now()).catch(() => null);
            if (notify) await rememberDevice(store, user.id, deviceOf(user.id, context?.headers));
          },
        },
        update: { before: async (change) => ({ data: { ...change, ...boundedProfile(change) } }) },
      },
      account: {
        create: { before: async (account) => ({ data: { ...account, ...withoutTokens } }) },
        update: { before: async (change) => ({ data: { ...change, ...withoutTokens } }) },
      },
      session: {
        create: {
          before: async (session) => ({
            data: { ...session, userAgent: session.userAgent?.slice(0, maxUserAgentLength) },
          }),
          after: async ({ userId }, context) => {
            if (!notify || !context) return;
            const device = deviceOf(userId, context.headers);
            if (!(await rememberDevice(store, userId, device))) return;
            const user = await context.context.internalAdapter.findUserById(userId).catch(() => null);
            const { label, address } = device;
            if (user) notify(user.email, { kind: "newDevice", device: label, address, at: Date.now() });
          },
        },
      },
    },
    // Unexpected failures reach the caller, who logs them once and without the statement's parameters.
    onAPIError: { throw: true, errorURL: `${baseURL}/api/auth/error` },
    logger: { disabled: true },
    telemetry: { enabled: false },
  } satisfies BetterAuthOptions;
  const auth = betterAuth(options);

  async function answered(request: Request): Promise<Response> {
    const provider = await providerNamedBy(request, config);
    if (!provider) return auth.handler(request);
    const plugins = [...options.plugins, socialPlugin(provider, config)];
    const response = await Promise.race([
      betterAuth({ ...options, plugins }).handler(request),
      delayed(providerWithinMs),
    ]);
    // The provider is configured: what is missing is its discovery document.
    if (response === null || response.status === 404) throw notNow(`${provider.id} does not answer`);
    return response;
  }

  return {
    async handle(request) {
      const response = await answered(withOwnOrigin(request, baseURL));
      if (response.status >= 400) throw await errorOf(response);
      return withSignedToken(response);
    },

    async sessionOf(headers, { prolong }) {
      const answer = await auth.api
        .getSession({ headers, query: { disableRefresh: !prolong }, returnHeaders: true })
        .catch((cause: unknown) => {
          throw notNow(cause);
        });
      if (!answer.response) return null;
      const { user, session } = answer.response;
      return { userId: user.id, signedInAt: session.createdAt.getTime(), cookies: answer.headers.getSetCookie() };
    },

    async isPassword(headers, password) {
      try {
        return (await auth.api.verifyPassword({ headers, body: { password } })).status;
      } catch (cause) {
        if (cause instanceof APIError && cause.status === "BAD_REQUEST") return false;
        throw notNow(cause);
      }
    },
  };
}

function delayed(ms: number): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), ms));
}

function boundedProfile(user: { name?: string; image?: string | null; email?: string }): { name?: string } {
  const name = user.name?.trim();
  const tooLong =
    (name !== undefined && name.length > maxNameLength) ||
    (user.image?.length ?? 0) > maxImageLength ||
    (user.email?.length ?? 0) > maxEmailLength;
  if (tooLong) {
    throw new APIError("BAD_REQUEST", {
      message: `A name has at most ${maxNameLength} characters, an image URL ${maxImageLength}, an e-mail address ${maxEmailLength}.`,
    });
  }
  return name === undefined ? {} : { name };
}

/**
 * better-auth wants to know from which site a request comes. A program says neither that nor sends a cookie, so nobody's
 * session can be abused: it counts as ours. A browser always names the origin of a POST.
 */
function withOwnOrigin(request: Request, baseURL: string): Request {
  const { headers } = request;
  if (headers.has("origin") || headers.has("cookie") || headers.has("sec-fetch-site")) return request;
  const changed = new Request(request);
  changed.headers.set("origin", baseURL);
  return changed;
}

/** Puts the signed token into the body too, where clients look for it. */
async function withSignedToken(response: Response): Promise<Response> {
  const signed = response.headers.get("set-auth-token");
  if (!signed || response.status !== 200) return response;
  const body: unknown = await response.clone().json();
  if (typeof body !== "object" || body === null || !("token" in body) || typeof body.token !== "string")
    return response;
  return new Response(JSON.stringify({ ...body, token: signed }), response);
}

/** better-auth hides what failed; in practice the database. */
function notNow(cause: unknown): HomeportError {
  return new HomeportError("unavailable", "That did not work. Try again in a moment.", { retryAfterSeconds: 5, cause });
}

async function errorOf(response: Response): Promise<HomeportError> {
  const body = await response.json<{ code?: string; message?: string }>().catch(() => null);
  const code = body?.code ?? "";
  const message = body?.message ?? "The request was refused.";
  if (code.startsWith("USER_ALREADY_EXISTS")) return new HomeportError("conflict", message);
  if (code === "FAILED_TO_UNLINK_LAST_ACCOUNT") return new HomeportError("bad_request", message);
  if (code.startsWith("FAILED_TO_") || response.status >= 500) {
    return notNow(code);
  }
  if (response.status === 401) return new HomeportError("unauthenticated", message);
  if (response.status === 403) return new HomeportError("forbidden", message);
  if (response.status === 404) return new HomeportError("not_found", "There is nothing at this address.");
  if (response.status === 415) return new HomeportError("unsupported_media_type", "Send JSON.");
  return new HomeportError("bad_request", message);
}
