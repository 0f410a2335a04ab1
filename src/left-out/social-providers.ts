// In place of @better-auth/core/social-providers: three dozen providers by name. Ours are configured by their discovery documents and
// need none of them (identity/people-social.ts).
import { z } from "zod";
import { leftOut } from "./left-out.ts";

/** By name, for the option `socialProviders`, which we do not give. */
export const socialProviders = new Proxy<Record<string, never>>(
  {},
  { get: (_, name) => leftOut(`The provider ${String(name)} of better-auth`) },
);

/** What requests name a provider with: any text, as with the list, which better-auth widens to that. */
export const SocialProviderListEnum = z.string();
