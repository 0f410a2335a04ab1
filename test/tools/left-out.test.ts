// What stands in the Worker for parts of libraries that it never calls: told of schemas, people's sign-in and telemetry it does
// nothing; asked for what was left out it says so. That the Worker runs with them, every test of a real server shows.
import * as zod from "zod";
import { describe, expect, it } from "vitest";
import { memoryAdapter } from "../../src/left-out/memory-adapter.ts";
import { SocialProviderListEnum, socialProviders } from "../../src/left-out/social-providers.ts";
import { createTelemetry } from "../../src/left-out/telemetry.ts";
import { compile, withParser } from "../../src/left-out/zod-compile.ts";
import { fromJSONSchema } from "../../src/left-out/zod-from-json-schema.ts";
import * as openapi from "../../src/left-out/zod-to-openapi.ts";

describe("what is left out of the Worker", () => {
  it.each([
    ["a schema compiled", () => compile()],
    ["a schema's own parser", () => withParser()],
    ["a schema of a JSON Schema", () => fromJSONSchema()],
    ["a database in memory", () => memoryAdapter()],
    ["a provider by name", () => socialProviders.github],
    ["a description of version 3.0", () => new openapi.OpenApiGeneratorV3().generateDocument()],
    ["a description of version 3.1", () => new openapi.OpenApiGeneratorV31().generateDocument()],
    ["a description's part", () => openapi.getOpenApiMetadata()],
  ])("says so when asked for %s", (_, use) => {
    expect(use).toThrow(/is left out of the Worker: see \[alias\] in wrangler\.toml/);
  });

  it("refuses telemetry unless it is switched off, and then publishes nothing", async () => {
    await expect(createTelemetry({})).rejects.toThrow(/left out/);
    await expect(createTelemetry({ telemetry: { enabled: true } })).rejects.toThrow(/left out/);
    const { publish } = await createTelemetry({ telemetry: { enabled: false } });
    await expect(publish()).resolves.toBeUndefined();
  });

  it("takes any text as a provider's name, and nothing else", () => {
    expect(SocialProviderListEnum.safeParse("house").success).toBe(true);
    expect(SocialProviderListEnum.safeParse(7).success).toBe(false);
  });

  it("validates described schemas as they are", () => {
    openapi.extendZodWithOpenApi(zod);
    const registry = new openapi.OpenAPIRegistry();
    registry.registerPath();
    const name = zod.strictObject({ name: zod.string().max(3) });
    const described = name.openapi("Name");
    expect(described.safeParse({ name: "Ada" }).success).toBe(true);
    expect(described.partial().extend({ age: zod.int().optional() }).openapi("More").parse({ age: 7 })).toEqual({
      age: 7,
    });
    expect(described.safeParse({ name: "Ada", age: 7 }).success).toBe(false);
    expect(described.safeParse({ name: "Adam" }).success).toBe(false);
  });
});
