// The deployment's configuration, read and validated once per isolate. Everything may import it.
import { z } from "zod";
import { checkPeopleVariables, peopleVariables } from "./config-people.ts";
import { HomeportError } from "./errors.ts";

const origins = z
  .string()
  .default("")
  .transform((text) => text.split(/[\s,]+/).filter((origin) => origin !== ""));

function whole(fallback: number, min: number, max: number) {
  return z.coerce.number().int().min(min).max(max).default(fallback);
}

/** What the driver reaches over HTTP: never in the clear, except on this machine. */
const databaseUrl = z
  .string()
  .default("")
  .transform((text) => text.trim().replace(/^mysql:\/\//, "https://"))
  .refine((text) => text === "" || isDatabaseUrl(text), {
    message:
      "must be mysql://user:password@host/database or https://user:password@host of a MySQL that speaks PlanetScale's HTTP protocol; http:// only for this machine",
  })
  // MySQL's own port, which connection strings name, is not where it speaks HTTP.
  .transform((text) => text.replace(/^(https:\/\/[^/?]*):3306(?=[/?]|$)/, "$1"));

function isDatabaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  return username !== "" && password !== "" && (protocol === "https:" || (protocol === "http:" && isLocal));
}

const configSchema = z.object({
  /** Where people and devices reach the deployment; empty: whatever host a request came to. */
  PUBLIC_URL: z.union([z.literal(""), z.url()]).default(""),
  /** Origins of web pages that may call the API with credentials, separated by spaces or commas. */
  CORS_ORIGINS: origins,
  ...peopleVariables,
  /** Life of the JWT that `/api/auth/token` hands to apps. */
  APP_JWT_SECONDS: whole(900, 60, 86_400),
  /** Largest MQTT packet accepted or sent. Below 1 MiB, the platform's frame; a retained one is one row of at most 2 MB. */
  MAX_PACKET_BYTES: whole(262_144, 1024, 1_048_576),
  /** Largest HTTP request body. */
  MAX_BODY_BYTES: whole(524_288, 1024, 16_777_216),
  /** Retained messages a hub keeps. */
  MAX_RETAINED_MESSAGES: whole(10_000, 1, 1_000_000),
  /** Subscriptions of one connection. */
  MAX_SUBSCRIPTIONS: whole(1000, 1, 10_000),
  /** Devices that ask to be paired at the same time, in the whole deployment. */
  MAX_OPEN_PAIRINGS: whole(10_000, 1, 1_000_000),
  /** Share of the requests that get a line in the log, 0 to 1; failures of ours always do. */
  LOG_SAMPLE_RATE: z.coerce.number().min(0).max(1).default(0.1),
  /** Secret. `kid:base64url` pairs separated by commas, 32 bytes or more each; the first signs, all verify. */
  SIGNING_KEYS: z.string().min(1),
  /** Secret. The MySQL to use instead of D1; empty: D1. */
  DATABASE_URL: databaseUrl,
  /** Secret. Signs the sessions of people. */
  SESSION_SECRET: z.string().min(32),
});

export type { SocialProvider } from "./config-people.ts";
export type Config = z.infer<typeof configSchema>;

const cache = new WeakMap<object, Config>();

/** The validated configuration of this environment. Throws a HomeportError that names each wrong variable. */
export function readConfig(env: object): Config {
  const known = cache.get(env);
  if (known) return known;
  const parsed = configSchema.superRefine(checkPeopleVariables).safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
    throw new HomeportError("internal", `The configuration is wrong. ${problems.join("; ")}`);
  }
  cache.set(env, parsed.data);
  return parsed.data;
}
