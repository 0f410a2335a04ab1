import { evictDurableObject, listDurableObjectIds } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { signDeviceCredential } from "../../src/identity/tokens.ts";
import { evictions, keys, TestHub } from "../support/hub.ts";
import { JsonClient } from "../support/json-client.ts";
import { upgrade } from "../support/mqtt-client.ts";

const grants = { publish: [], subscribe: [] };

describe.each(evictions)("the JSON protocol, hub %s,", (_, step) => {
  it("meets MQTT: publish, subscribe, message, unsubscribe, retained, presence", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const page = await JsonClient.withToken(await hub.appJwt());
    expect(await page.ask({ type: "subscribe", topicFilter: "devices/+/presence" })).toEqual({ type: "ok", id: 1 });
    expect(await page.next()).toEqual({
      type: "message",
      topic: `devices/${own.id}/presence`,
      payload: '{"online":false,"lastSeenAt":null}',
      retain: true,
    });
    await step(hub);
    const lamp = await hub.device(own);
    expect(JSON.parse((await page.next()).payload as string)).toMatchObject({ online: true });
    await lamp.subscribe({ topic: `devices/${own.id}/set/#`, qos: 1 });
    await step(hub);
    const press = { type: "publish", id: "p1", topic: `devices/${own.id}/set/led`, payload: { on: true }, qos: 1 };
    expect(await page.ask(press)).toEqual({ type: "ok", id: "p1", receivers: 1 });
    expect(await lamp.nextMessage()).toMatchObject({ text: '{"on":true}', qos: 1 });
    await step(hub);

    page.send({ type: "subscribe", topicFilter: `devices/${own.id}/streams/#` });
    await step(hub);
    lamp.publish(`devices/${own.id}/streams/led`, "on", { retain: true });
    expect(await page.next()).toEqual({ type: "message", topic: `devices/${own.id}/streams/led`, payload: "on" });
    lamp.send({
      cmd: "publish",
      topic: `devices/${own.id}/streams/raw`,
      payload: "x",
      qos: 0,
      retain: false,
      dup: false,
    });
    await page.next();
    await step(hub);
    page.send({ type: "publish", topic: `devices/${own.id}/set/raw`, payloadBase64: "/wA=" });
    const raw = await lamp.next("publish");
    expect([...raw.payload]).toEqual([0xff, 0]);
    expect(await page.ask({ type: "unsubscribe", topicFilter: `devices/${own.id}/streams/#` })).toEqual({
      type: "ok",
      id: 1,
    });
    await step(hub);
    lamp.publish(`devices/${own.id}/streams/led`, "off");
    await lamp.settle();
    await page.expectSilence();
  });

  it("serves a device: it is online, confined to its topics, and ends when it is revoked", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await JsonClient.withToken(own.credential);
    await step(hub);
    expect(await hub.stub.presence(own.id)).toMatchObject({ value: { online: true } });
    const foreign = await device.ask({ type: "publish", topic: "free", payload: "x" });
    expect(foreign).toMatchObject({ type: "error", id: 1, code: "forbidden" });
    expect(await device.ask({ type: "subscribe", topicFilter: "#" })).toMatchObject({
      type: "error",
      code: "forbidden",
    });
    expect(await device.ask({ type: "publish", topic: "shared/x", payload: 1 })).toEqual({
      type: "ok",
      id: 1,
      receivers: 0,
    });
    await step(hub);
    await hub.stub.applyCredentials([{ subject: own.id, version: 2, gen: null, grants }]);
    expect(await device.next()).toMatchObject({ type: "error", code: "forbidden" });
    expect((await device.closed).code).toBe(1008);
    expect(await hub.stub.presence(own.id)).toMatchObject({ value: { online: false } });
  });

  it("shows bytes that are no text as base64, and sends to itself what it subscribes to", async () => {
    const hub = new TestHub();
    const page = await JsonClient.withToken(await hub.appJwt());
    await page.ask({ type: "subscribe", topicFilter: "b/#" });
    await step(hub);
    page.send({ type: "publish", topic: "b/1", payloadBase64: "/w==" });
    expect(await page.next()).toEqual({ type: "message", topic: "b/1", payloadBase64: "/w==" });
    page.send({ type: "publish", topic: "b/2", payload: "grün", retain: true });
    expect(await page.next()).toEqual({ type: "message", topic: "b/2", payload: "grün" });
  });
});

describe("bad input", () => {
  it.each([
    ["no JSON", "{", "bad_request"],
    ["an array", "[]", "bad_request"],
    ["an unknown type", '{"type":"shout"}', "bad_request"],
    ["an unknown field", '{"type":"subscribe","topicFilter":"a","topic":"a"}', "bad_request"],
    ["a topic with a wildcard", '{"type":"publish","topic":"a/+","payload":""}', "bad_request"],
    ["a bad filter", '{"type":"subscribe","topicFilter":"a#"}', "bad_request"],
    ["two payloads", '{"type":"publish","topic":"a","payload":"","payloadBase64":""}', "bad_request"],
    ["no payload", '{"type":"publish","topic":"a"}', "bad_request"],
    ["bad base64", '{"type":"publish","topic":"a","payloadBase64":"*"}', "bad_request"],
    ["QoS 2", '{"type":"publish","topic":"a","payload":"","qos":2}', "bad_request"],
    ["an object as id", '{"type":"subscribe","topicFilter":"a","id":{}}', "bad_request"],
    ["a lone surrogate", '{"type":"publish","topic":"\\ud800","payload":""}', "bad_request"],
    ["a hub topic", '{"type":"publish","topic":"devices/x/presence","payload":""}', "forbidden"],
    ["a binary frame", new Uint8Array([1, 2]), "bad_request"],
    ["a huge frame", `{"type":"publish","topic":"a","payload":"${"x".repeat(300_000)}"}`, "payload_too_large"],
  ])("%s is answered with an error, and the connection goes on", async (_what, frame, code) => {
    const hub = new TestHub();
    const page = await JsonClient.withToken(await hub.appJwt());
    page.send(frame);
    const answer = await page.next();
    expect(answer).toMatchObject({ type: "error", code });
    expect((answer.message as string).length).toBeGreaterThan(10);
    expect(await page.ask({ type: "subscribe", topicFilter: "a" })).toEqual({ type: "ok", id: 1 });
  });
});

describe("the door", () => {
  it("takes the token as a second subprotocol, and answers with its own", async () => {
    const hub = new TestHub();
    const offer = `homeport.json.v1, bearer.${await hub.appJwt()}`;
    const response = await upgrade("/v1/connect", { "sec-websocket-protocol": offer });
    expect([response.status, response.headers.get("sec-websocket-protocol")]).toEqual([101, "homeport.json.v1"]);
    const other = await upgrade("/v1/connect", { "sec-websocket-protocol": "mqtt" });
    expect(other.status).toBe(400);
    expect((await upgrade("/v1/connect", { upgrade: "" })).status).toBe(426);
  });

  it("refuses who shows nothing, something wrong or something revoked, all alike, and wakes no hub for strangers", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    await hub.stub.applyCredentials([{ subject: own.id, version: 2, gen: null, grants }]);
    const unknown = await signDeviceCredential(keys, { deviceId: newId("dev"), hubId: hub.id, gen: 1 });
    const answers = new Set<string>();
    const open = async (headers: Record<string, string>) => {
      const response = await upgrade("/v1/connect", { "sec-websocket-protocol": "homeport.json.v1", ...headers });
      const { error } = (await response.json()) as { error: object };
      answers.add(JSON.stringify([response.status, { ...error, requestId: "" }]));
    };
    for (const token of [own.credential, unknown]) await open({ authorization: `Bearer ${token}` });
    await evictDurableObject(hub.stub);
    const hubsBefore = (await listDurableObjectIds(env.USER_HUB)).length;
    await open({});
    for (const token of ["x", await hub.appJwt(Date.now() - 1), `${own.credential}x`]) {
      await open({ authorization: `Bearer ${token}` });
    }
    expect([...answers]).toEqual([expect.stringContaining("[401,")]);
    expect((await listDurableObjectIds(env.USER_HUB)).length).toBe(hubsBefore);
    await expect(async () => evictDurableObject(hub.stub)).rejects.toThrow("not currently running");
  });
});

it("`ping` is answered by the platform: the hub goes on sleeping", async () => {
  const hub = new TestHub();
  const page = await JsonClient.withToken(await hub.appJwt());
  await hub.evict();
  page.send("ping");
  expect(await page.nextText()).toBe("pong");
  await expect(async () => evictDurableObject(hub.stub)).rejects.toThrow("not currently running");
});
