// What several resources' requests and answers are made of.
import { z } from "@hono/zod-openapi";
import { type ErrorCode, errorMeanings, errorStatuses } from "../../errors.ts";

/** One line of text, trimmed, as every back end stores it unchanged. */
export function line(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .refine((text) => !/\p{Cc}/u.test(text) && text.isWellFormed(), "must not contain control characters");
}

export const instant = z.int().openapi({ description: "Epoch milliseconds", example: 1_795_000_000_000 });

export const hubAddresses = {
  hubKey: z.string().openapi({ description: "Names the hub in URLs; opens nothing by itself" }),
  mqttUrl: z
    .url()
    .openapi({ description: "MQTT over WebSocket, straight to the hub", example: "wss://host/mqtt/hub_….…" }),
};

export const pageQuery = z.object({
  cursor: z
    .string()
    .regex(/^[a-z]{3}_[0-9a-z]{20}$/, "must be the nextCursor of the page before")
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().openapi({ description: "Send it as `cursor`; null on the last page" }),
  });
}

const codes = Object.keys(errorStatuses) as [ErrorCode, ...ErrorCode[]];

const failure = z
  .object({
    error: z.object({
      code: z.enum(codes),
      message: z.string().openapi({ description: "A sentence for people; it may change" }),
      requestId: z.string().openapi({ description: "Also in the header `x-request-id`, and in the log" }),
    }),
    current: z.unknown().optional().openapi({ description: "Of `precondition_failed`: what is there now" }),
  })
  .openapi("Error", {
    example: { error: { code: "not_found", message: "There is no such device.", requestId: "0f4d7c2e-…" } },
  });

/** What may befall any request of somebody signed in. */
const everywhere = [
  "unauthenticated",
  "forbidden",
  "rate_limited",
  "internal",
  "unavailable",
  "schema_outdated",
] as const;

/** The answers by which a route may refuse, for its definition. Those of one status are described together. */
export function failures<const C extends ErrorCode>(...ofRoute: C[]) {
  return refusals([...everywhere, ...ofRoute]);
}

/** The same for a route that nobody needs to be signed in for. */
export function refusals(ofRoute: readonly ErrorCode[]) {
  const byStatus = Map.groupBy(new Set(ofRoute), (code) => errorStatuses[code]);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      json(failure, some.map((code) => `\`${code}\`: ${errorMeanings[code]}`).join("\n\n")),
    ]),
  ) as Record<number, ReturnType<typeof json<typeof failure>>>;
}

export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

export function jsonBody<T extends z.ZodType>(schema: T) {
  return { required: true as const, content: { "application/json": { schema } } };
}

/** As OAuth sends it. */
export function formBody<T extends z.ZodType>(schema: T) {
  return { required: true as const, content: { "application/x-www-form-urlencoded": { schema } } };
}

export const noContent = { description: "Done" };
