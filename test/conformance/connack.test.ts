// CONNACK: section 3.2 of both versions.
import { describe, expect, it } from "vitest";
import { TestHub } from "../support/hub.ts";
import { connectPacket, openClient } from "../support/mqtt-client.ts";
import { describeBoth, persistent, versions } from "../support/mqtt-versions.ts";

describeBoth("session present", (version, step) => {
  it("tells of a session only where one was kept, and clean start ends it [MQTT-3.2.2-2] [MQTT-3.2.2-3] [MQTT3-3.2.2-1] [MQTT3-3.2.2-2] [MQTT3-3.2.2-3]", async () => {
    const hub = new TestHub();
    const connect = async (clean: boolean) => {
      const client = await hub.app({ ...persistent(version), clean, clientId: "c" });
      const present = client.connack?.sessionPresent;
      await step(hub);
      client.drop();
      await client.closed;
      await step(hub);
      return present;
    };
    const seen: (boolean | undefined)[] = [];
    for (const clean of [false, false, true, false]) seen.push(await connect(clean));
    // After clean session 1 nothing is kept in 3.1.1; in MQTT 5 the session's expiry decides.
    expect(seen).toEqual([false, true, false, version === 5]);
  });
});

describe.each(versions)("CONNACK, %s", (_, protocolVersion) => {
  it("has flags 0 apart from session present, and code 0 [MQTT-3.2.2-1] [MQTT-3.2.2-8] [MQTT-3.1.4-5] [MQTT3-3.1.4-4]", async () => {
    const hub = new TestHub();
    for (const present of [0, 1]) {
      const client = await openClient(hub.path);
      const options = { ...persistent(protocolVersion), password: await hub.appJwt(), clientId: "c" };
      client.send(connectPacket(options, client));
      const bytes = await client.nextBytes();
      expect([bytes[0], bytes[2], bytes[3]]).toEqual([0x20, present, 0]);
      client.drop();
      await client.closed;
    }
  });
});

describe("what CONNACK of MQTT 5 announces", () => {
  it("is exactly this", async () => {
    const hub = new TestHub();
    const client = await hub.app({ clientId: "c" });
    const { properties } = client.connack as NonNullable<typeof client.connack>;
    expect({ ...properties }).toEqual({ receiveMaximum: 100, maximumPacketSize: 262_144, topicAliasMaximum: 10 });
  });

  it("has a server keep alive only where the client's own is not kept [MQTT-3.2.2-22]", async () => {
    const hub = new TestHub();
    const serverKeepAlive = async (keepalive: number) =>
      (await hub.app({ keepalive })).connack?.properties?.serverKeepAlive;
    expect([
      await serverKeepAlive(0),
      await serverKeepAlive(61),
      await serverKeepAlive(60),
      await serverKeepAlive(1),
    ]).toEqual([60, 60, undefined, undefined]);
  });

  it("has the session expiry where it is shortened", async () => {
    const hub = new TestHub();
    const expiry = async (sessionExpiryInterval: number) =>
      (await hub.app({ properties: { sessionExpiryInterval } })).connack?.properties?.sessionExpiryInterval;
    expect([await expiry(0xffffffff), await expiry(2_592_001), await expiry(2_592_000), await expiry(1)]).toEqual([
      2_592_000,
      2_592_000,
      undefined,
      undefined,
    ]);
  });

  it("has response information for who asks for it, and for nobody else [not MQTT-3.1.2-28]", async () => {
    const hub = new TestHub();
    const information = async (requestResponseInformation?: boolean) => {
      const properties = requestResponseInformation === undefined ? {} : { requestResponseInformation };
      return (await hub.app({ clientId: "c", properties })).connack?.properties?.responseInformation;
    };
    expect([await information(true), await information(false), await information()]).toEqual([
      "shared/responses/c",
      undefined,
      undefined,
    ]);
  });
});

it("a refusing CONNACK is never larger than the client takes [not MQTT-3.2.2-19] [not MQTT-3.1.2-24]", async () => {
  const hub = new TestHub();
  const client = await openClient(hub.path);
  client.send(connectPacket({ password: "wrong", properties: { maximumPacketSize: 5 } }, client));
  expect(await client.nextHex()).toBe("20 03 00 86 00");
  await client.expectClosed();
});
