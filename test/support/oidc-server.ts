// An OpenID Connect provider on loopback, as small as the tests of outside issuers and of sign-in elsewhere allow. Every first
// path segment is a provider of its own: `PUT /{provider}` says what it serves, `GET /{provider}` what it was asked.
import { createHash, type KeyObject, generateKeyPairSync, randomUUID } from "node:crypto";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { SignJWT } from "jose";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    oidcUrl: string;
  }
}

/** What a test sets. */
export interface ProviderSettings {
  /** Of the key set and of the discovery document. */
  status?: number;
  /** JWKs besides the provider's own. */
  keys?: object[];
  /** Before anything is answered. */
  delayMs?: number;
  /** Merged into the discovery document. */
  discovery?: object;
  /** Who signs in when somebody is sent here. */
  person?: object;
  /** Who is sent here comes back with this error instead. */
  refusal?: string;
  clientSecret?: string;
}

/** What a test learns. */
export interface ProviderRecord {
  discoveries: number;
  keySets: number;
  tokens: number;
}

interface Provider {
  settings: ProviderSettings;
  record: ProviderRecord;
  privateKey: KeyObject;
  publicKey: object;
  /** By authorization code. */
  grants: Map<string, Record<string, string>>;
}

const providers = new Map<string, Provider>();

function providerOf(name: string): Provider {
  const known = providers.get(name);
  if (known) return known;
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const provider: Provider = {
    settings: {},
    record: { discoveries: 0, keySets: 0, tokens: 0 },
    privateKey,
    publicKey: { ...publicKey.export({ format: "jwk" }), kid: "own", alg: "RS256", use: "sig" },
    grants: new Map(),
  };
  providers.set(name, provider);
  return provider;
}

async function answer(request: IncomingMessage, response: ServerResponse, origin: string): Promise<void> {
  const url = new URL(request.url ?? "/", origin);
  const [, name = "", ...rest] = url.pathname.split("/");
  const provider = providerOf(name);
  const { settings, record } = provider;
  const issuer = `${origin}/${name}`;
  const send = (status: number, body: object) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };
  const route = `${request.method} ${rest.join("/")}`;
  if (route === "PUT ") {
    provider.settings = JSON.parse(await bodyOf(request)) as ProviderSettings;
    return send(200, {});
  }
  if (route === "GET ") return send(200, record);
  await new Promise((resolve) => setTimeout(resolve, settings.delayMs ?? 0));
  switch (route) {
    case "GET .well-known/openid-configuration":
      record.discoveries++;
      return send(settings.status ?? 200, {
        issuer,
        jwks_uri: `${issuer}/keys`,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        id_token_signing_alg_values_supported: ["RS256"],
        ...settings.discovery,
      });
    case "GET keys":
      record.keySets++;
      return send(settings.status ?? 200, { keys: [provider.publicKey, ...(settings.keys ?? [])] });
    case "GET authorize": {
      const code = randomUUID();
      const asked = Object.fromEntries(url.searchParams);
      provider.grants.set(code, asked);
      const back = new URL(asked.redirect_uri ?? "");
      if (settings.refusal === undefined) back.searchParams.set("code", code);
      else back.searchParams.set("error", settings.refusal);
      back.searchParams.set("state", asked.state ?? "");
      response.writeHead(302, { location: back.href }).end();
      return;
    }
    case "POST token":
      record.tokens++;
      return exchange(provider, issuer, request, send);
    default:
      return send(404, {});
  }
}

/** Authorization code with PKCE (RFC 7636 §4.6); a code works once. */
async function exchange(
  { grants, settings, privateKey }: Provider,
  issuer: string,
  request: IncomingMessage,
  send: (status: number, body: object) => void,
): Promise<void> {
  const form = new URLSearchParams(await bodyOf(request));
  const grant = grants.get(form.get("code") ?? "");
  grants.delete(form.get("code") ?? "");
  const challenge = createHash("sha256")
    .update(form.get("code_verifier") ?? "")
    .digest("base64url");
  const basic = Buffer.from((request.headers.authorization ?? "").replace(/^Basic /, ""), "base64").toString();
  const secret = form.get("client_secret") ?? basic.split(":")[1] ?? "";
  const isRight =
    grant?.code_challenge_method === "S256" &&
    grant.code_challenge === challenge &&
    grant.redirect_uri === form.get("redirect_uri") &&
    secret === (settings.clientSecret ?? "");
  if (!grant || !isRight) return send(400, { error: "invalid_grant" });
  const idToken = await new SignJWT({ ...settings.person, nonce: grant.nonce })
    .setProtectedHeader({ alg: "RS256", kid: "own" })
    .setIssuer(issuer)
    .setAudience(grant.client_id ?? "")
    .setIssuedAt()
    .setExpirationTime("5m")
    .sign(privateKey);
  send(200, { access_token: randomUUID(), token_type: "Bearer", expires_in: 300, id_token: idToken });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** vitest's global set-up. */
export default async function setup(project: TestProject): Promise<() => void> {
  const { url, close } = await startOidcProviders();
  project.provide("oidcUrl", url);
  return close;
}

export async function startOidcProviders(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    answer(request, response, `http://127.0.0.1:${port}`).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
