// The deployment's configuration, read and validated once per isolate. Everything may import it.
import { z } from "zod";
import { notificationVariables } from "./config-notifications.ts";
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

/** By operation of src/domain/prices: `{"objectRequests": {"price": 0.1, "per": 1000000, "included": 0}}`. */
const ownPrices = z
  .string()
  .default("")
  .transform((text, context) => {
    try {
      return text.trim() === "" ? {} : (JSON.parse(text) as unknown);
    } catch {
      context.addIssue({ code: "custom", message: "must be JSON" });
      return z.NEVER;
    }
  })
  .pipe(
    z.record(
      z.string(),
      z.strictObject({
        price: z.number().min(0).optional(),
        per: z.number().positive().optional(),
        included: z.number().min(0).optional(),
      }),
    ),
  );

const configSchema = z.object({
  /** Where people and devices reach the deployment; empty: whatever host a request came to. */
  PUBLIC_URL: z.union([z.literal(""), z.url()]).default(""),
  /** Origins of web pages that may call the API with credentials, separated by spaces or commas. */
  CORS_ORIGINS: origins,
  ...peopleVariables,
  ...notificationVariables,
  /** Life of the JWT that `/api/auth/token` hands to apps. */
  APP_JWT_SECONDS: whole(900, 60, 86_400),
  /** Largest MQTT packet accepted or sent. Below 1 MiB, the platform's frame; a retained one is one row of at most 2 MB. */
  MAX_PACKET_BYTES: whole(262_144, 1024, 1_048_576),
  /** Largest HTTP request body. */
  MAX_BODY_BYTES: whole(524_288, 1024, 16_777_216),
  /** Retained messages a hub keeps. */
  MAX_RETAINED_MESSAGES: whole(10_000, 1, 1_000_000),
  /** Their topics, payloads and properties together. */
  MAX_RETAINED_BYTES: whole(67_108_864, 1024, 4_294_967_296),
  /** Subscriptions of one session. */
  MAX_SUBSCRIPTIONS: whole(1000, 1, 10_000),
  /** Connections of one hub; the platform takes 32,768. */
  MAX_CONNECTIONS: whole(10_000, 1, 32_000),
  /** Longest keep alive; longer ones and none are shortened to it for clients of MQTT 5. Edges drop what is idle for 100 s. */
  MAX_KEEP_ALIVE_SECONDS: whole(60, 10, 65_535),
  /** How long a connection lasts at most; each ends up to a fifth earlier, so that not all come back at once. 0: no bound. */
  MAX_CONNECTION_SECONDS: whole(0, 0, 31_536_000),
  /** Sessions of one hub, with those whose client is away. */
  MAX_SESSIONS: whole(10_000, 1, 100_000),
  /** How long a session waits for its client at most. */
  MAX_SESSION_EXPIRY_SECONDS: whole(2_592_000, 0, 4_294_967_295),
  /** What waits for one client: messages, bytes and age; the oldest go first. */
  MAX_QUEUED_MESSAGES: whole(1000, 1, 50_000),
  MAX_QUEUED_BYTES: whole(4_194_304, 1024, 1_073_741_824),
  MAX_QUEUED_SECONDS: whole(604_800, 1, 4_294_967_295),
  /** What waits for all clients of a hub. */
  MAX_TOTAL_QUEUED_BYTES: whole(268_435_456, 1024, 4_294_967_296),
  /** What one connection may publish a second; twice as much in a burst. */
  MAX_MESSAGES_PER_SECOND: whole(500, 1, 1_000_000),
  MAX_BYTES_PER_SECOND: whole(1_048_576, 1024, 1_073_741_824),
  /** Messages of a hub that have to be stored, a second; twice as many in a burst. */
  MAX_STORED_PER_SECOND: whole(500, 1, 1_000_000),
  /** How late it may be noticed that a device fell silent, while nobody watches but something depends on it; 0: never late. */
  PRESENCE_SWEEP_SECONDS: whole(600, 0, 86_400),
  /** How long what streams have counted may stay with the connection it came by; 0: a message is answered when it is stored. */
  STREAM_FLUSH_SECONDS: whole(300, 0, 3600),
  /** Streams of one device. */
  MAX_STREAMS: whole(100, 1, 300),
  /** How long every datapoint is kept, of streams whose owner asked for it. */
  STREAM_RAW_DAYS: whole(30, 2, 36_500),
  /** How long the averages of streams are kept, by minute, hour and day. */
  STREAM_MINUTES_DAYS: whole(90, 2, 36_500),
  STREAM_HOURS_DAYS: whole(1100, 2, 36_500),
  STREAM_DAYS_DAYS: whole(3660, 2, 36_500),
  /** How often a device that polls is asked to check in; each answer varies it by a fifth. */
  CHECKIN_SECONDS: whole(60, 1, 86_400),
  /** How long after one report a device that polls is asked for the next; never longer than what follows. */
  CHECKIN_REPORT_SECONDS: whole(60, 1, 86_400),
  /** How long a report counts as presence. */
  CHECKIN_PRESENCE_SECONDS: whole(180, 1, 172_800),
  /** How long reports of devices that poll are kept as they came; 0: not at all. */
  CHECKIN_RAW_DAYS: whole(30, 0, 36_500),
  /** Devices that ask to be paired at the same time, in the whole deployment. */
  MAX_OPEN_PAIRINGS: whole(10_000, 1, 1_000_000),
  /** Prices of the platform that are not those of the list in src/domain/prices. */
  PRICE_LIST: ownPrices,
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
