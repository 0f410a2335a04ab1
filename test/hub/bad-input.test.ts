import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { reasonCode } from "../../src/protocols/mqtt/reason-codes.ts";
import { signDeviceCredential } from "../../src/identity/tokens.ts";
import { readKeyRing } from "../../src/identity/keys.ts";
import { keys, TestHub } from "../support/hub.ts";
import { connectPacket, openClient, publishPacket, type TestClient } from "../support/mqtt-client.ts";

/** Every case also has a bystander, who must not notice. */
async function withBystander(act: (hub: TestHub) => Promise<void>): Promise<void> {
  const hub = new TestHub();
  const bystander = await hub.app();
  await bystander.subscribe("news");
  await act(hub);
  const other = await hub.app();
  other.publish("news", "still here");
  expect((await bystander.nextMessage()).text).toBe("still here");
}

describe("before CONNECT", () => {
  it.each([
    { what: "a PUBLISH first", bytes: [0x30, 3, 0, 1, 0x61], close: 1002 },
    { what: "a PINGREQ first", bytes: [0xc0, 0], close: 1002 },
    { what: "random bytes", bytes: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], close: 1002 },
    { what: "a length of five bytes", bytes: [0x10, 0xff, 0xff, 0xff, 0xff, 0x01], close: 1002 },
    { what: "a CONNECT announced as larger than allowed", bytes: [0x10, 0xff, 0xff, 0xff, 0x7f], close: 1009 },
  ])("$what is closed with $close", ({ bytes, close }) =>
    withBystander(async (hub) => {
      const client = await openClient(hub.path);
      client.sendBytes(bytes);
      expect((await client.expectClosed()).code).toBe(close);
    }),
  );

  it("a text frame is closed with 1002 [MQTT-6.0.0-1] [MQTT3-6.0.0-1]", () =>
    withBystander(async (hub) => {
      const client = await openClient(hub.path);
      client.sendText("hello");
      expect((await client.expectClosed()).code).toBe(1002);
    }));

  it.each([
    {
      what: "protocol level 3 of MQIsdp",
      bytes: [0x10, 14, 0, 6, ...Buffer.from("MQIsdp"), 3, 2, 0, 60, 0, 0],
      connack: [0x20, 2, 0, 1],
    },
    { what: "protocol level 6", bytes: [0x10, 12, 0, 4, ...Buffer.from("MQTT"), 6, 2, 0, 60, 0, 0], connack: null },
  ])("$what is an unsupported protocol version [MQTT-3.1.2-2] [MQTT3-3.1.2-2]", ({ bytes, connack }) =>
    withBystander(async (hub) => {
      const client = await openClient(hub.path);
      client.version = connack ? 4 : 5;
      client.sendBytes(bytes);
      const packet = await client.next("connack");
      expect(connack ? packet.returnCode : packet.reasonCode).toBe(connack ? 1 : reasonCode.unsupportedProtocolVersion);
      await client.expectClosed();
    }),
  );
});

describe("CONNECT", () => {
  async function passwords(hub: TestHub): Promise<Record<string, string | undefined>> {
    const device = await hub.addDevice();
    const strangeKeys = readKeyRing(`t1:${Buffer.alloc(32, 1).toString("base64url")}`);
    const [header, , signature] = device.credential.split(".");
    const forgedClaims = Buffer.from(JSON.stringify({ sub: newId("dev"), hub: hub.id, gen: 1 })).toString("base64url");
    return {
      missing: undefined,
      empty: "",
      "not a token": "secret",
      "signed by another deployment": await signDeviceCredential(strangeKeys, {
        deviceId: device.id,
        hubId: hub.id,
        gen: 1,
      }),
      "with changed claims": `${header}.${forgedClaims}.${signature}`,
      "without signature": `${header}.${forgedClaims}.`,
      "of an older generation": await signDeviceCredential(keys, { deviceId: device.id, hubId: hub.id, gen: 0 }),
      "of an unknown device": await signDeviceCredential(keys, { deviceId: newId("dev"), hubId: hub.id, gen: 1 }),
      "of another user's device": (await new TestHub().addDevice()).credential,
      "an expired JWT": await hub.appJwt(Date.now() - 1000),
      "longer than any token": "x".repeat(5000),
    };
  }

  it.each([4, 5] as const)("with any wrong password gets the same answer, MQTT %i", (protocolVersion) =>
    withBystander(async (hub) => {
      const answers = new Set<string>();
      for (const password of Object.values(await passwords(hub))) {
        const client = await openClient(hub.path);
        const connack = await client.connect({ protocolVersion, ...(password !== undefined && { password }) });
        const { code, reason } = await client.expectClosed();
        answers.add(JSON.stringify([connack, code, reason]));
        expect(protocolVersion === 5 ? connack.reasonCode : connack.returnCode).toBe(
          protocolVersion === 5 ? reasonCode.badUserNameOrPassword : 4,
        );
      }
      expect(answers.size).toBe(1);
    }),
  );

  it.each([
    {
      what: "an authentication method",
      options: { properties: { authenticationMethod: "SCRAM" } },
      code: reasonCode.badAuthenticationMethod,
    },
    {
      what: "a client id of 300 characters",
      options: { clientId: "x".repeat(300) },
      code: reasonCode.clientIdentifierNotValid,
    },
    {
      what: "a will on presence",
      options: { will: { topic: "devices/dev_1/presence", payload: Buffer.from("x"), qos: 0 as const, retain: false } },
      code: reasonCode.notAuthorized,
    },
  ])("with $what is refused with its code", ({ options, code }) =>
    withBystander(async (hub) => {
      const client = await openClient(hub.path);
      const will =
        "will" in options && options.will ? { ...options.will, payload: "x" as unknown as Buffer } : undefined;
      const connack = await client.connect({ password: await hub.appJwt(), ...options, ...(will && { will }) });
      expect(connack.reasonCode).toBe(code);
      await client.expectClosed();
    }),
  );

  it("accepts a user name with query parameters: they are not part of it", async () => {
    const hub = new TestHub();
    const client = await openClient(hub.path);
    const connack = await client.connect({ password: await hub.appJwt(), username: "any?SDK=Node&Version=1" });
    expect(connack.reasonCode).toBe(0);
  });
});

describe("after CONNECT", () => {
  const cases: { what: string; send(client: TestClient): void; code: number; close: number }[] = [
    {
      what: "a second CONNECT",
      send: (c) => c.send(connectPacket({}, c)),
      code: reasonCode.protocolError,
      close: 1002,
    },
    {
      what: "QoS 3",
      send: (c) => c.sendBytes([0x36, 6, 0, 1, 0x61, 0, 1, 0]),
      code: reasonCode.malformedPacket,
      close: 1002,
    },
    {
      what: "a wildcard in a topic",
      send: (c) => c.sendBytes([0x30, 4, 0, 1, 0x23, 0]),
      code: reasonCode.malformedPacket,
      close: 1002,
    },
    {
      what: "a wildcard within a level of a filter",
      send: (c) => c.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "a+", qos: 0 }] }),
      code: reasonCode.malformedPacket,
      close: 1002,
    },
    {
      what: "illegal UTF-8",
      send: (c) => c.sendBytes([0x30, 5, 0, 2, 0xc3, 0x28, 0]),
      code: reasonCode.malformedPacket,
      close: 1002,
    },
    {
      what: "U+0000 in a topic",
      send: (c) => c.sendBytes([0x30, 5, 0, 2, 0x61, 0, 0]),
      code: reasonCode.malformedPacket,
      close: 1002,
    },
    {
      what: "a topic longer than its packet",
      send: (c) => c.sendBytes([0x30, 4, 0, 9, 0x61, 0]),
      code: reasonCode.malformedPacket,
      close: 1002,
    },
    {
      what: "a topic alias above the maximum",
      send: (c) => c.sendBytes([0x30, 8, 0, 1, 0x61, 3, 0x23, 0, 11, 0x62]),
      code: reasonCode.topicAliasInvalid,
      close: 1008,
    },
    {
      what: "an oversized packet",
      send: (c) => c.sendBytes([0x30, 0xff, 0xff, 0xff, 0x7f]),
      code: reasonCode.packetTooLarge,
      close: 1009,
    },
    {
      what: "an empty SUBSCRIBE",
      send: (c) => c.sendBytes([0x82, 3, 0, 1, 0]),
      code: reasonCode.protocolError,
      close: 1002,
    },
    { what: "an AUTH", send: (c) => c.sendBytes([0xf0, 2, 0x18, 0]), code: reasonCode.protocolError, close: 1002 },
    {
      what: "a packet that servers send",
      send: (c) => c.sendBytes([0xd0, 0]),
      code: reasonCode.protocolError,
      close: 1002,
    },
    { what: "a text frame", send: (c) => c.sendText("hi"), code: reasonCode.protocolError, close: 1002 },
  ];

  it.each(cases)("$what ends the connection with its reason code", ({ send, code, close }) =>
    withBystander(async (hub) => {
      const client = await hub.app();
      send(client);
      const disconnect = await client.next("disconnect");
      expect(disconnect.reasonCode).toBe(code);
      expect((await client.expectClosed()).code).toBe(close);
    }),
  );

  it.each(cases.filter(({ what }) => !/alias|identifier|empty|AUTH/.test(what)))(
    "$what closes an MQTT 3.1.1 connection without a word",
    ({ send }) =>
      withBystander(async (hub) => {
        const client = await hub.app({ protocolVersion: 4 });
        send(client);
        await client.expectClosed();
        await client.expectNoPacket();
      }),
  );

  it("packets after the bad one in the same frame are not handled", () =>
    withBystander(async (hub) => {
      const watcher = await hub.app();
      await watcher.subscribe("a");
      const client = await hub.app();
      client.sendBytes(Buffer.concat([Uint8Array.of(0xd0, 0), client.encode(publishPacket("a", "late"))]));
      await client.expectClosed();
      await watcher.expectNoPacket();
    }));

  it.each([
    { topic: `${"a/".repeat(201)}b`, code: reasonCode.topicFilterInvalid },
    { topic: "$share/g/$SYS/#", code: reasonCode.notAuthorized },
    { topic: "$SYS/#", code: reasonCode.notAuthorized },
  ])("a filter such as $topic is refused alone in its SUBACK", async ({ topic, code }) => {
    const hub = new TestHub();
    const client = await hub.app();
    expect(await client.subscribe(topic, "fine")).toEqual([code, 0]);
    const old = await hub.app({ protocolVersion: 4 });
    expect(await old.subscribe(topic, "fine")).toEqual([0x80, 0]);
  });
});
