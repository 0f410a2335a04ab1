// Users of one's own and calls of the HTTP API as they, or nobody, would make them.
import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { createHmac } from "node:crypto";
import { newId } from "../../src/domain/ids.ts";
import { createApp } from "../../src/http/app.ts";
import { readKeyRing } from "../../src/identity/keys.ts";
import { signAppJwt } from "../../src/identity/tokens.ts";
import { queryDatabase } from "./database.ts";

export const origin = "https://homeport.test";
export const keys = readKeyRing(env.SIGNING_KEYS);

export interface Answer {
  status: number;
  headers: Headers;
  /** Parsed JSON; null when there is none, or a file. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into it and say what they expect
  body: any;
}

export interface Call {
  token?: string;
  headers?: Record<string, string>;
  /** JSON. */
  body?: unknown;
  /** As it is. */
  rawBody?: BodyInit;
  /** Runs the application with these bindings instead of the Worker's own. */
  bindings?: Partial<Env>;
}

const app = createApp();

/** The answer as it comes. */
export async function respond(method: string, path: string, options: Call = {}): Promise<Response> {
  const headers = new Headers(options.headers);
  // From an address of its own each time, for the limits per address.
  if (!headers.has("cf-connecting-ip")) headers.set("cf-connecting-ip", newId("addr"));
  if (options.token !== undefined) headers.set("authorization", `Bearer ${options.token}`);
  const body = options.rawBody ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  if (options.body !== undefined && !headers.has("content-type")) headers.set("content-type", "application/json");
  const request = new Request(origin + path, { method, headers, body, redirect: "manual" });
  return options.bindings
    ? app.fetch(request, { ...env, ...options.bindings }, createExecutionContext())
    : exports.default.fetch(request);
}

export async function call(method: string, path: string, options: Call = {}): Promise<Answer> {
  const response = await respond(method, path, options);
  const isFile = response.headers.get("content-type") === "application/gzip";
  const text = isFile ? "" : await response.text();
  if (isFile) await response.body?.cancel();
  return { status: response.status, headers: response.headers, body: text === "" ? null : JSON.parse(text) };
}

/** A signed-up user with a session, and calls in their name. */
export class TestUser {
  readonly userId = newId("usr");
  readonly hubId = newId("hub");
  readonly email = `${this.userId}@example.com`;
  /** As the database holds it; opens nothing. */
  readonly rawSessionToken = newId("raw");
  /** As sign-in hands it out. */
  readonly token = `${this.rawSessionToken}.${createHmac("sha256", env.SESSION_SECRET).update(this.rawSessionToken).digest("base64")}`;
  readonly cookie = `__Secure-better-auth.session_token=${encodeURIComponent(this.token)}`;

  call(method: string, path: string, options: Call = {}): Promise<Answer> {
    return call(method, path, { token: this.token, ...options });
  }
  get(path: string): Promise<Answer> {
    return this.call("GET", path);
  }
  post(path: string, body?: unknown): Promise<Answer> {
    return this.call("POST", path, { body });
  }
  patch(path: string, body: unknown): Promise<Answer> {
    return this.call("PATCH", path, { body });
  }
  delete(path: string): Promise<Answer> {
    return this.call("DELETE", path);
  }

  appJwt(expiresAt = Date.now() + 60_000): Promise<string> {
    return signAppJwt(keys, { userId: this.userId, hubId: this.hubId, issuer: origin, expiresAt });
  }

  /** A device of the user; its id. */
  async addDevice(fields: Record<string, unknown> = {}): Promise<string> {
    const { body } = await this.post("/v1/devices", { name: "Lamp", ...fields });
    return body.id;
  }

  async addAppToken(fields: Record<string, unknown> = {}): Promise<{ id: string; token: string }> {
    const { body } = await this.post("/v1/app-tokens", { name: "script", ...fields });
    return body;
  }

  /** Signs up. */
  async save(): Promise<void> {
    const now = Date.now();
    await queryDatabase(
      "insert into users (id, name, email, email_verified, created_at, updated_at) values (?, 'Ada', ?, 0, ?, ?)",
      this.userId,
      this.email,
      now,
      now,
    );
    await queryDatabase("insert into hubs (id, user_id, created_at) values (?, ?, ?)", this.hubId, this.userId, now);
    await queryDatabase(
      "insert into sessions (id, token, user_id, expires_at, created_at, updated_at) values (?, ?, ?, ?, ?, ?)",
      newId("ses"),
      this.rawSessionToken,
      this.userId,
      now + 86_400_000,
      now,
      now,
    );
  }

  async confirmAddress(): Promise<void> {
    await queryDatabase("update users set email_verified = 1 where id = ?", this.userId);
  }

  /** What the hub does when it first runs. */
  async markHubStarted(): Promise<void> {
    await queryDatabase("update hubs set started_at = ? where id = ?", Date.now(), this.hubId);
  }
}

/** A user without a password, for that takes a tenth of a second; `signUp` makes a real one. */
export async function createUser({ isSaved = true } = {}): Promise<TestUser> {
  const user = new TestUser();
  if (isSaved) await user.save();
  return user;
}

export const password = "correct horse battery";

/** Signs up over HTTP, as a script would. */
export function signUp(email = `${newId("mail")}@example.com`, fields: Record<string, unknown> = {}): Promise<Answer> {
  return call("POST", "/api/auth/sign-up/email", { body: { name: "Ada", email, password, ...fields } });
}

export function signIn(email: string, options: { password?: string; address?: string } = {}): Promise<Answer> {
  return call("POST", "/api/auth/sign-in/email", {
    body: { email, password: options.password ?? password },
    headers: options.address === undefined ? {} : { "cf-connecting-ip": options.address },
  });
}
