// One provider of the OpenID Connect server on loopback (oidc-server.ts), and tokens as it, or somebody else, would sign them.
import { type CryptoKey, type JWTPayload, SignJWT, exportJWK, generateKeyPair } from "jose";
import { inject } from "vitest";
import type { ProviderRecord, ProviderSettings } from "./oidc-server.ts";

export interface TestKey {
  kid: string;
  alg: string;
  privateKey: CryptoKey;
  /** As the key set shows it. */
  jwk: object;
}

export async function makeKey(kid: string, alg = "RS256"): Promise<TestKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

export class TestProvider {
  readonly issuer = `${inject("oidcUrl")}/${crypto.randomUUID()}`;
  readonly audience = "https://homeport.test/api";

  get bindings(): Record<string, string> {
    return { OIDC_ISSUER: this.issuer, OIDC_AUDIENCE: `other ${this.audience}` };
  }

  async set(settings: ProviderSettings): Promise<void> {
    const response = await fetch(this.issuer, { method: "PUT", body: JSON.stringify(settings) });
    await response.text();
  }

  async record(): Promise<ProviderRecord> {
    return (await fetch(this.issuer)).json();
  }

  /** A token that is right in every respect, unless the claims or the header say otherwise; `undefined` leaves a claim out. */
  sign(key: TestKey, claims: JWTPayload = {}, header: object = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: this.issuer, aud: this.audience, sub: "auth0|ada", iat: now, exp: now + 300, ...claims };
    return new SignJWT(all).setProtectedHeader({ alg: key.alg, kid: key.kid, ...header }).sign(key.privateKey);
  }
}
