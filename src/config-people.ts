// The part of the configuration that is about people: their mails, and who else may vouch for them. Read through config.ts alone.
import { z } from "zod";

const mailFrom = /^$|^[^\s<>@"]+@[^\s<>@"]+$|^[^<>"\r\n]+<[^\s<>@"]+@[^\s<>@"]+>$/;

const yesOrNo = z
  .enum(["true", "false"])
  .default("false")
  .transform((text) => text === "true");

/** An OpenID Connect provider at which this deployment is registered as a client. */
const socialProvider = z.strictObject({
  /** Part of the callback's address. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "an id has up to 32 of a-z, 0-9 and -"),
  /** What people are shown; absent: made of the id. */
  name: z.string().trim().min(1).max(40).optional(),
  discoveryUrl: z.string().refine(isSafeUrl, "must be an https: address"),
  clientId: z.string().min(1),
  scopes: z.array(z.string()).default(["openid", "email", "profile"]),
});

export type SocialProvider = z.infer<typeof socialProvider>;

function json(fallback: string) {
  return z
    .string()
    .default("")
    .transform((text, { addIssue }): unknown => {
      try {
        return JSON.parse(text.trim() || fallback);
      } catch {
        addIssue({ code: "custom", message: "must be JSON" });
        return z.NEVER;
      }
    });
}

export const peopleVariables = {
  /** Who the deployment's mails come from, `address` or `Name <address>`; empty: it sends none. */
  MAIL_FROM: z.string().regex(mailFrom, "must be `address` or `Name <address>`").default(""),
  /** Whether people must confirm their address before they may sign in with a password. Needs MAIL_FROM. */
  REQUIRE_VERIFIED_EMAIL: yesOrNo,
  /** The issuer whose tokens are as good as ours, exactly as in their `iss`; empty: none. */
  OIDC_ISSUER: z.union([z.literal(""), z.string().refine(isSafeUrl, "must be an https: address")]).default(""),
  /** What those tokens must name in `aud`; several are separated by spaces or commas, and one is enough. */
  OIDC_AUDIENCE: z.string().default("").transform(words),
  /** Where the issuer's keys are; empty: where its discovery document says. */
  OIDC_JWKS_URL: z.union([z.literal(""), z.string().refine(isSafeUrl, "must be an https: address")]).default(""),
  /** With whom people may sign in besides us: a JSON list. */
  SOCIAL_PROVIDERS: json("[]").pipe(z.array(socialProvider).max(16)),
  /** Secret. The clients' secrets: a JSON object, by the providers' ids. */
  SOCIAL_SECRETS: json("{}").pipe(z.record(z.string(), z.string().min(1))),
};

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}

/** HTTPS, or HTTP on this machine. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}

type PeopleConfig = z.infer<z.ZodObject<typeof peopleVariables>>;

/** What one variable demands of another. */
export function checkPeopleVariables(config: PeopleConfig, { addIssue }: z.RefinementCtx): void {
  if (config.REQUIRE_VERIFIED_EMAIL && config.MAIL_FROM === "") {
    addIssue({ code: "custom", path: ["REQUIRE_VERIFIED_EMAIL"], message: "needs MAIL_FROM, or nobody could sign in" });
  }
  if (config.OIDC_ISSUER !== "" && config.OIDC_AUDIENCE.length === 0) {
    const message = "needs OIDC_AUDIENCE, or tokens that the issuer made for others would do";
    addIssue({ code: "custom", path: ["OIDC_ISSUER"], message });
  }
  for (const { id } of config.SOCIAL_PROVIDERS) {
    if (config.SOCIAL_SECRETS[id] !== undefined) continue;
    addIssue({ code: "custom", path: ["SOCIAL_SECRETS"], message: `has no secret for "${id}"` });
  }
}
