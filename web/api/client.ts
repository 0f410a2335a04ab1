// The API with types, for whoever talks to it from outside: the console and the tools. Knows nothing of the Worker's code.
import createClient, { type ClientOptions } from "openapi-fetch";
import type { components, paths } from "./schema.d.ts";

export type ApiClient = ReturnType<typeof openApi>;
export type Schemas = components["schemas"];

/** `client.GET("/v1/devices/{id}", { params: { path: { id } } })` resolves to `{data}` or `{error}` with `response`. */
export function openApi(options: ClientOptions) {
  return createClient<paths>(options);
}
