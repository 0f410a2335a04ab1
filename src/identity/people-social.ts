// Signing in with another provider, as better-auth's generic OAuth does it: authorization code with PKCE, ID token checked against the
// provider's keys. Opened for one request and one provider: it starts by fetching the provider's discovery document, for which
// nothing else may wait.
import { genericOAuth } from "better-auth/plugins/generic-oauth";
import type { Config, SocialProvider } from "../config.ts";

/** Paths whose work needs a provider, and where they name it. */
const callbackPath = /^\/api\/auth\/callback\/([^/]+)$/;
const startPaths = ["/api/auth/sign-in/social", "/api/auth/link-social"];

/** The provider a request is about; null: none. */
export async function providerNamedBy(request: Request, config: Config): Promise<SocialProvider | null> {
  const { pathname } = new URL(request.url);
  const id = callbackPath.exec(pathname)?.[1] ?? (startPaths.includes(pathname) ? await providerInBody(request) : null);
  return config.SOCIAL_PROVIDERS.find((provider) => provider.id === id) ?? null;
}

async function providerInBody(request: Request): Promise<unknown> {
  const body = (await request
    .clone()
    .json()
    .catch(() => null)) as { provider?: unknown } | null;
  return body?.provider;
}

export function socialPlugin({ id, discoveryUrl, clientId, scopes }: SocialProvider, config: Config) {
  return genericOAuth({
    config: [
      {
        providerId: id,
        discoveryUrl,
        clientId,
        clientSecret: config.SOCIAL_SECRETS[id],
        scopes,
        pkce: true,
        requireIdTokenVerification: true,
        requireEmailVerification: config.REQUIRE_VERIFIED_EMAIL,
      },
    ],
  });
}

/** What the provider gave is used to learn who it is, and not kept. */
export const withoutTokens = {
  accessToken: null,
  refreshToken: null,
  idToken: null,
  accessTokenExpiresAt: null,
  refreshTokenExpiresAt: null,
};
