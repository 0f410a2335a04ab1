import { env } from "cloudflare:workers";
import { createExecutionContext, listDurableObjectIds } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { createApp } from "../../src/http/app.ts";
import { reasonCode } from "../../src/protocols/mqtt/reason-codes.ts";
import { call, createUser } from "../support/api.ts";
import { makeKey, type TestKey, TestProvider } from "../support/oidc-provider.ts";
import { TestClient } from "../support/mqtt-client.ts";

const app = createApp();
let provider: TestProvider;
let key: TestKey;
beforeEach(async () => {
  provider = new TestProvider();
  key = await makeKey("first");
  await provider.set({ keys: [key.jwk] });
});

/** Upgrades in a deployment that has the outside issuer. */
async function upgrade(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const all = { upgrade: "websocket", "sec-websocket-protocol": "mqtt", ...headers };
  const request = new Request(`https://homeport.test${path}`, { headers: all });
  return app.fetch(request, { ...env, ...provider.bindings }, createExecutionContext());
}

async function openClient(path: string, headers: Record<string, string> = {}): Promise<TestClient> {
  const { webSocket, status } = await upgrade(path, headers);
  if (!webSocket) throw new Error(`no socket: ${status}`);
  return new TestClient(webSocket);
}

/** A person of the issuer, with the hub they get. */
async function person() {
  const token = await provider.sign(key, { sub: newId("sub") });
  const { body } = await call("GET", "/api/auth/token", { token, bindings: provider.bindings as Partial<Env> });
  return { token, jwt: body.token as string, path: new URL(body.mqttUrl).pathname };
}

const authorization = (token: string) => ({ authorization: `Bearer ${token}` });

describe("a token of the outside issuer opens the person's hub", () => {
  it.each([
    ["by header", (token: string) => openClient("/mqtt", authorization(token)), {}],
    [
      "by a second subprotocol",
      (token: string) => openClient("/mqtt", { "sec-websocket-protocol": `mqtt, bearer.${token}` }),
      {},
    ],
    ["by password, relayed", () => openClient("/mqtt"), { password: true }],
  ])("%s", async (_, open, { password = false }: { password?: boolean }) => {
    const { token, jwt, path } = await person();
    const phone = await openClient(path);
    expect((await phone.connect({ password: jwt })).reasonCode).toBe(0);
    await phone.subscribe("shared/#");
    const other = await open(token);
    expect((await other.connect(password ? { password: token } : {})).reasonCode).toBe(0);
    other.publish("shared/hello", "x", { qos: 1 });
    expect((await phone.nextMessage()).text).toBe("x");
  });

  it("also a hub that was never used, of a user who was never seen", async () => {
    const client = await openClient("/mqtt", authorization(await provider.sign(key, { sub: newId("sub") })));
    expect((await client.connect({})).reasonCode).toBe(0);
  });

  it("with the JSON protocol", async () => {
    const { token } = await person();
    const { status, webSocket } = await upgrade("/v1/connect", {
      ...authorization(token),
      "sec-websocket-protocol": "homeport.json.v1",
    });
    expect(status).toBe(101);
    webSocket?.accept();
    webSocket?.close();
  });
});

describe("it does not open", () => {
  it("somebody else's hub", async () => {
    const [one, other] = [await person(), await person()];
    expect((await upgrade(other.path, authorization(one.token))).status).toBe(401);
  });

  it("a hub directly by CONNECT's password, which the hub cannot verify", async () => {
    const { token, path } = await person();
    const client = await openClient(path);
    expect((await client.connect({ password: token })).reasonCode).toBe(reasonCode.badUserNameOrPassword);
  });

  it("anything when it is no good, and wakes nobody", async () => {
    const bad = [
      await provider.sign(key, { exp: 1 }),
      await provider.sign(key, { aud: "https://elsewhere.example" }),
      await provider.sign(await makeKey("first")),
    ];
    const hubsBefore = (await listDurableObjectIds(env.USER_HUB)).length;
    for (const token of bad) {
      expect((await upgrade("/mqtt", authorization(token))).status).toBe(401);
      const client = await openClient("/mqtt");
      expect((await client.connect({ password: token })).reasonCode).toBe(reasonCode.badUserNameOrPassword);
      const old = await openClient("/mqtt");
      expect((await old.connect({ password: token, protocolVersion: 4 })).returnCode).toBe(4);
    }
    expect((await listDurableObjectIds(env.USER_HUB)).length).toBe(hubsBefore);
  });

  it("anything while the issuer's keys cannot be had: come back", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    await provider.set({ status: 500 });
    const token = await provider.sign(key);
    expect((await upgrade("/mqtt", authorization(token))).status).toBe(503);
    const client = await openClient("/mqtt");
    expect((await client.connect({ password: token })).reasonCode).toBe(reasonCode.serverUnavailable);
    log.mockRestore();
  });
});

it("a password beside an upgrade's own token still decides", async () => {
  const [one, other] = [await person(), await createUser()];
  const client = await openClient("/mqtt", authorization(one.token));
  expect((await client.connect({ password: await other.appJwt() })).reasonCode).toBe(reasonCode.badUserNameOrPassword);
});
