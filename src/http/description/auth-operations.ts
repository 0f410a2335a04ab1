// How a route of better-auth's is written down for the description of the API, and the schemas that most of them are made of.
import { type ErrorCode, errorMeanings, errorStatuses } from "../../errors.ts";

type Schema = object;

export const text = { type: "string" };
export const flag = { type: "boolean" };

export function object(properties: Record<string, Schema>, required: string[] = Object.keys(properties)): Schema {
  return { type: "object", properties, required };
}

interface Endpoint {
  summary: string;
  answer: Schema;
  body?: Schema;
  /** Who may ask; `session` is a person's own, never a token that was derived from one. */
  by: "anybody" | "session";
  refusals: ErrorCode[];
}

function refusalsOf(codes: ErrorCode[]) {
  const byStatus = Map.groupBy(codes, (code) => errorStatuses[code]);
  return Object.fromEntries(
    [...byStatus].map(([code, some]) => [
      code,
      {
        description: some.map((name) => `\`${name}\`: ${errorMeanings[name]}`).join("\n\n"),
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
    ]),
  );
}

export function operation(operationId: string, { summary, answer, body, by, refusals }: Endpoint) {
  const content = (schema: Schema) => ({ "application/json": { schema } });
  const codes: ErrorCode[] = [...refusals, "internal", "unavailable", "schema_outdated"];
  return {
    tags: ["People"],
    operationId,
    summary,
    ...(by === "anybody" && { security: [] }),
    ...(body && { requestBody: { required: true, content: content(body) } }),
    responses: { 200: { description: "Done", content: content(answer) }, ...refusalsOf(codes) },
  };
}

/** The work goes on after the answer. */
export function accepted({ responses: { 200: answer, ...refusals }, ...rest }: ReturnType<typeof operation>) {
  return { ...rest, responses: { 202: { ...answer, description: "Begun" }, ...refusals } };
}

/** For browsers: it answers with a page, or goes on to `callbackURL`. */
export function page(operationId: string, summary: string, query: string[], parameter?: string) {
  const parameters = [
    ...(parameter === undefined ? [] : [{ name: parameter, in: "path" as const, required: true, schema: text }]),
    ...query.map((name) => ({ name, in: "query" as const, required: false, schema: text })),
  ];
  const responses = {
    200: { description: "A page", content: { "text/html": { schema: text } } },
    302: { description: "On to `callbackURL`" },
  };
  return { tags: ["People"], operationId, summary, security: [], parameters, responses };
}
