// The routes of the API as its own description has them, and example bodies made from their schemas.
import { call } from "./api.ts";

interface Schema {
  $ref?: string;
  type?: string | string[];
  example?: unknown;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  minLength?: number;
  minimum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  anyOf?: Schema[];
  allOf?: Schema[];
}

type Content = Record<string, { schema: Schema }>;

export interface Operation {
  security?: Record<string, string[]>[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, { description: string; content?: Content }>;
  summary?: string;
  operationId?: string;
  tags?: string[];
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[];
}

export interface Description {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  security: Record<string, string[]>[];
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, object> };
  tags: { name: string }[];
}

export interface Route {
  method: string;
  /** With parameters in braces. */
  path: string;
  operation: Operation;
  /** Whether it says that nobody needs to be signed in. */
  isPublic: boolean;
}

export async function readDescription(): Promise<Description> {
  return (await call("GET", "/v1/openapi.json")).body;
}

export function routesOf({ paths }: Description): Route[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      method: method.toUpperCase(),
      path,
      operation,
      isPublic: operation.security?.length === 0,
    })),
  );
}

/** A body the route takes; undefined where it takes none. */
export function exampleBody(description: Description, { operation }: Route): unknown {
  const schema = operation.requestBody?.content["application/json"]?.schema;
  return schema && exampleOf(description, schema);
}

/** The query the route cannot do without, with its question mark; empty where there is none. */
export function exampleQuery(description: Description, { operation }: Route): string {
  const required = (operation.parameters ?? []).filter((parameter) => parameter.in === "query" && parameter.required);
  const query = required.map(({ name, schema }): [string, string] => [name, String(exampleOf(description, schema))]);
  return query.length === 0 ? "" : `?${new URLSearchParams(query)}`;
}

function exampleOf(description: Description, schema: Schema): unknown {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.replace("#/components/schemas/", "");
    const referred = description.components.schemas[name];
    if (!referred) throw new Error(`The description lacks ${schema.$ref}.`);
    return exampleOf(description, referred);
  }
  for (const given of [schema.example, schema.default, schema.const, schema.enum?.[0]]) {
    if (given !== undefined) return given;
  }
  if (schema.anyOf?.[0]) return exampleOf(description, schema.anyOf[0]);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => exampleOf(description, part)));
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case "object":
      return Object.fromEntries(
        (schema.required ?? []).map((name) => [name, exampleOf(description, schema.properties?.[name] ?? {})]),
      );
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => exampleOf(description, schema.items ?? {}));
    case "string":
      return "x".repeat(schema.minLength ?? 1);
    case "integer":
    case "number":
      return schema.minimum ?? 1;
    case "boolean":
      return true;
    default:
      throw new Error(`Give this schema an example: ${JSON.stringify(schema)}`);
  }
}
