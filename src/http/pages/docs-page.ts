// The description of the API as one page: readable without scripts, without any other file, and in print.
import { createHash } from "node:crypto";
import { html, raw } from "hono/html";

type Html = ReturnType<typeof raw>;

interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  example?: unknown;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: Schema | boolean;
}

interface Operation {
  tags?: string[];
  summary?: string;
  description?: string;
  security?: unknown[];
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: Schema }> }>;
}

const style = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1rem; }
code, pre { font: 0.9em/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; padding: 0.5rem; border: 1px solid #8886; border-radius: 4px; }
h2 { margin-top: 3rem; border-bottom: 1px solid #8886; }
h3 { margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 0.75rem 0.25rem 0; border-bottom: 1px solid #8883; }
td p { margin: 0; }
nav ul { columns: 18rem; padding-left: 1.2rem; }
:target { background: #fd03; }
`;

/** What this page reads of the document. */
export interface ApiDescription {
  info: { title: string; version: string; description?: string };
  tags?: { name: string; description?: string }[];
  paths: object;
  components?: { schemas?: object };
}

export interface Page {
  html: Html;
  contentSecurityPolicy: string;
}

export function docsPage(description: ApiDescription): Page {
  const hash = createHash("sha256").update(style).digest("base64");
  const operations = Object.entries(description.paths as Record<string, Record<string, Operation>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const ofTag = (name: string) => operations.filter(({ operation }) => operation.tags?.includes(name));
  const tags = description.tags ?? [];
  const schemas = (description.components?.schemas ?? {}) as Record<string, Schema>;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${description.info.title} API</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <h1>${description.info.title} API, version ${description.info.version}</h1>
        ${text(description.info.description ?? "")}
        <p><a href="openapi.json">openapi.json</a> is the same for programs.</p>
        <nav aria-label="Routes">
          ${tags.map(
            ({ name }) =>
              html`<h2 id="${anchor(name)}-list">${name}</h2>
                <ul>
                  ${ofTag(name).map(
                    ({ method, path }) =>
                      html`<li>
                        <a href="#${anchor(method, path)}"><code>${method} ${path}</code></a>
                      </li>`,
                  )}
                </ul>`,
          )}
        </nav>
        <main>
          ${tags.map(
            ({ name, description: about }) =>
              html`<h2 id="${anchor(name)}">${name}</h2>
                <p>${about}</p>
                ${ofTag(name).map(({ method, path, operation }) => section(method, path, operation))}`,
          )}
          <h2 id="schemas">Schemas</h2>
          ${Object.entries(schemas).map(
            ([name, schema]) =>
              html`<h3 id="schema-${name}">${name}</h3>
                ${properties(schema)} ${example(schema)}`,
          )}
        </main>
      </body>
    </html>`;
  return {
    html: page as Html,
    contentSecurityPolicy: `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}

function anchor(...parts: string[]): string {
  return parts
    .join("-")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-");
}

function section(method: string, path: string, operation: Operation) {
  const body = Object.entries(operation.requestBody?.content ?? {});
  return html`<section>
    <h3 id="${anchor(method, path)}"><code>${method} ${path}</code></h3>
    <p>${operation.summary}. ${operation.security?.length === 0 ? "Nobody needs to be signed in." : ""}</p>
    ${text(operation.description ?? "")}
    <table>
      <tbody>
        ${(operation.parameters ?? []).map(
          (parameter) =>
            html`<tr>
              <th scope="row"><code>${parameter.name}</code> (${parameter.in})</th>
              <td>
                ${typeOf(parameter.schema)} ${parameter.required ? "" : "optional"}
                ${text(parameter.schema.description ?? "")}
              </td>
            </tr>`,
        )}
        ${body.map(
          ([type, { schema }]) =>
            html`<tr>
              <th scope="row">body, <code>${type}</code></th>
              <td>${typeOf(schema)} ${schema.$ref ? "" : properties(schema)}</td>
            </tr>`,
        )}
        ${Object.entries(operation.responses).map(
          ([status, { description, content }]) =>
            html`<tr>
              <th scope="row">${status}</th>
              <td>${text(description)} ${Object.values(content ?? {}).map(({ schema }) => typeOf(schema))}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

/** Paragraphs with `code` in them. */
function text(source: string) {
  return source
    .split(/\n\n+/)
    .filter((paragraph) => paragraph !== "")
    .map((paragraph) => {
      const parts = paragraph.split("`").map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part));
      return html`<p>${parts}</p>`;
    });
}

function typeOf(schema: Schema): Html | string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return html`<a href="#schema-${name}">${name}</a>` as Html;
  }
  const choices = schema.anyOf ?? schema.allOf;
  if (choices) return html`${choices.map((choice, i) => html`${i === 0 ? "" : " or "}${typeOf(choice)}`)}` as Html;
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>` as Html;
  if (schema.enum)
    return html`one of <code>${schema.enum.map((value) => JSON.stringify(value)).join(", ")}</code>` as Html;
  if (schema.items) return html`list of ${typeOf(schema.items)}` as Html;
  const types = [schema.type ?? "anything"].flat().join(" or ");
  const bounds = [
    schema.format,
    schema.maxLength !== undefined && `at most ${schema.maxLength} characters`,
    schema.minimum !== undefined && schema.minimum > Number.MIN_SAFE_INTEGER && `from ${schema.minimum}`,
    schema.maximum !== undefined && schema.maximum < Number.MAX_SAFE_INTEGER && `to ${schema.maximum}`,
    schema.default !== undefined && `default ${JSON.stringify(schema.default)}`,
  ].filter(Boolean);
  return bounds.length > 0 ? `${types} (${bounds.join(", ")})` : types;
}

function properties(schema: Schema): Html | string {
  const parts = schema.allOf ?? [schema];
  const rows = parts.flatMap((part) =>
    Object.entries(part.properties ?? {}).map(
      ([name, property]) =>
        html`<tr>
          <th scope="row"><code>${name}</code></th>
          <td>
            ${typeOf(property)} ${part.required?.includes(name) ? "" : "optional"} ${text(property.description ?? "")}
            ${property.properties ? properties(property) : ""}
          </td>
        </tr>`,
    ),
  );
  return rows.length === 0
    ? ""
    : (html`<table>
        <tbody>
          ${rows}
        </tbody>
      </table>` as Html);
}

function example(schema: Schema): Html | string {
  return schema.example === undefined ? "" : (html`<pre>${JSON.stringify(schema.example, null, 2)}</pre>` as Html);
}
