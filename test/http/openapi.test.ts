// The description of the API: complete, consistent in itself, and readable. That it is valid OpenAPI 3.1 is checked by
// `npm run api:types`, which makes types from it.
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import errorsDoc from "../../docs/errors.md?raw";
import { errorMeanings, errorStatuses } from "../../src/errors.ts";
import { createApp } from "../../src/http/app.ts";
import { describeApi } from "../../src/http/description/describe-api.ts";
import { oauthErrors } from "../../src/http/schemas/pairing.ts";
import { type Description, type Route, readDescription, routesOf } from "../support/api-description.ts";
import { call, origin, respond } from "../support/api.ts";

let description: Description;
let routes: Route[];
beforeAll(async () => {
  description = await readDescription();
  routes = routesOf(description);
});

describe("the description of the API", () => {
  it("is OpenAPI 3.1 with the address it was asked under", async () => {
    const { status, headers, body } = await call("GET", "/v1/openapi.json");
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^application\/json/);
    expect(body).toMatchObject({ openapi: "3.1.0", servers: [{ url: origin }] });
  });

  it("is what the routes say of themselves", async () => {
    const { servers: _, ...served } = (await call("GET", "/v1/openapi.json")).body;
    expect(served).toEqual(JSON.parse(JSON.stringify(describeApi(createApp()))));
  });

  it("names every route there is, and no other", () => {
    const routed = createApp()
      .routes.filter(({ method }) => method !== "ALL")
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const described = routes.map(({ method, path }) => `${method} ${path}`);
    expect(described.toSorted()).toEqual([...new Set(routed)].toSorted());
    expect(described.length).toBeGreaterThan(30);
  });

  it("refers to nothing that is missing", () => {
    for (const [, section, name] of JSON.stringify(description).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)) {
      expect(description.components).toHaveProperty([section ?? "", name ?? ""]);
    }
    const schemes = Object.keys(description.components.securitySchemes);
    for (const requirement of [
      description.security,
      ...routes.map(({ operation }) => operation.security ?? []),
    ].flat()) {
      for (const scheme of Object.keys(requirement)) expect(schemes).toContain(scheme);
    }
  });

  it("says of every route what it is, where it belongs and how it may refuse", () => {
    const tags = description.tags.map(({ name }) => name);
    for (const { method, path, operation, isPublic } of routes) {
      const route = `${method} ${path}`;
      expect(operation.summary, route).toMatch(/^[A-Z].*[^.]$/);
      expect(tags, route).toContain(operation.tags?.[0]);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = operation.parameters?.filter((parameter) => parameter.in === "path") ?? [];
      expect(
        described.map(({ name }) => name),
        route,
      ).toEqual(inPath);
      if (isPublic || operation.tags?.[0] === "Sockets") continue;
      for (const status of ["401", "500", "503"]) expect(Object.keys(operation.responses), route).toContain(status);
    }
  });

  it("has one shape for refusals, and OAuth's where OAuth has one", () => {
    for (const { method, path, operation } of routes) {
      for (const [status, { content }] of Object.entries(operation.responses)) {
        if (Number(status) < 400 || operation.tags?.[0] === "Sockets") continue;
        const isOAuth = ["/v1/pairing/device_authorization", "/v1/pairing/token"].includes(path);
        const schema = { $ref: `#/components/schemas/${isOAuth ? "OAuthError" : "Error"}` };
        expect(content, `${method} ${path} ${status}`).toEqual({ "application/json": { schema } });
      }
    }
  });

  it("uses every operation's name once", () => {
    const names = routes.map(({ operation }) => operation.operationId).filter((name) => name !== undefined);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("docs/errors.md", () => {
  const rows = (heading: string) => {
    const [, section = ""] = errorsDoc.split(`## ${heading}\n`);
    return [...(section.split("\n## ")[0] ?? "").matchAll(/^\| `([^\n]+)$/gm)].map(([row]) => row);
  };

  it("has every code with its status and meaning, and no other", () => {
    const expected = Object.entries(errorStatuses).map(
      ([code, status]) => `| \`${code}\` | ${status} | ${errorMeanings[code as keyof typeof errorStatuses]} |`,
    );
    expect(rows("Codes")).toEqual(expected);
  });

  it("has every error of pairing", () => {
    expect(rows("Pairing").map((row) => row.split("`")[1])).toEqual([...oauthErrors]);
  });
});

describe("/v1/docs", () => {
  it("shows every route and every schema without scripts or other files", async () => {
    const answer = await respond("GET", "/v1/docs");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toMatch(/^text\/html/);
    const page = await answer.text();
    const [, style = ""] = /<style>(.*)<\/style>/s.exec(page) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    const policy = answer.headers.get("content-security-policy");
    expect(policy).toMatch(/^default-src 'none'; style-src '[^']+'; /);
    expect(policy).toContain(`'sha256-${hash}'`);
    for (const { method, path } of routes) expect(page).toContain(`<code>${method} ${path}</code></h3>`);
    for (const name of Object.keys(description.components.schemas)) expect(page).toContain(`id="schema-${name}"`);
    for (const [, id] of page.matchAll(/href="#([^"]+)"/g)) expect(page).toContain(`id="${id}"`);
    for (const unwanted of [/<script|<link|<img|<iframe/, /\s(?:src|style|on\w+)=/, /\[object Object\]/, /undefined/]) {
      expect(page.match(unwanted)).toBeNull();
    }
  });
});
