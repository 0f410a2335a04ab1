// Topic aliases both ways: sections 3.1.2.11.5 and 3.3.2.3.4 of MQTT 5.
import { describe, expect, it } from "vitest";
import { evictions, TestHub } from "../support/hub.ts";
import { fromHex, publishPacket, type TestClient } from "../support/mqtt-client.ts";
import { persistent } from "../support/mqtt-versions.ts";

function publishAlias(client: TestClient, topic: string, topicAlias: number, payload: string): void {
  client.send({ ...publishPacket(topic, payload), properties: { topicAlias } } as Parameters<TestClient["send"]>[0]);
}

describe.each(evictions)("a client's topic aliases, hub %s,", (_, step) => {
  it("1 to 10 are accepted, and may be given to other topics [MQTT-3.3.2-12]", async () => {
    const hub = new TestHub();
    const reader = await hub.app();
    await reader.subscribe("a/+");
    const writer = await hub.app();
    for (let alias = 1; alias <= 10; alias++) publishAlias(writer, `a/${alias}`, alias, "first");
    for (let alias = 1; alias <= 10; alias++) expect((await reader.nextMessage()).topic).toBe(`a/${alias}`);
    await step(hub);
    for (let alias = 10; alias >= 1; alias--) {
      publishAlias(writer, "", alias, "again");
      expect(await reader.nextMessage()).toMatchObject({ topic: `a/${alias}`, text: "again" });
    }
    publishAlias(writer, "a/other", 3, "new");
    expect((await reader.nextMessage()).topic).toBe("a/other");
    await step(hub);
    publishAlias(writer, "", 3, "new");
    expect((await reader.nextMessage()).topic).toBe("a/other");
  });

  it("are each connection's own, and end with it, also where the session goes on [not MQTT-3.3.2-7]", async () => {
    const hub = new TestHub();
    const writer = await hub.app({ ...persistent(5), clientId: "writer" });
    publishAlias(writer, "a", 1, "x");
    await writer.settle();
    await step(hub);
    const other = await hub.app({ clientId: "other" });
    const back = await hub.app({ ...persistent(5), clientId: "writer" });
    for (const client of [other, back]) {
      await step(hub);
      publishAlias(client, "", 1, "x");
      expect([0x82, 0x94]).toContain((await client.next("disconnect")).reasonCode);
      await client.expectClosed();
    }
  });

  it("that stand for nothing yet are a protocol error, 0x82", async () => {
    const hub = new TestHub();
    const client = await hub.app();
    await step(hub);
    publishAlias(client, "", 1, "x");
    expect((await client.next("disconnect")).reasonCode).toBe(0x82);
  });

  it("that are too large or zero end the connection [not MQTT-3.3.2-8] [not MQTT-3.3.2-9] [not MQTT-3.2.2-17]", async () => {
    const hub = new TestHub();
    for (const alias of ["00 00", "00 0b", "ff ff"]) {
      const client = await hub.app();
      await step(hub);
      client.sendBytes(fromHex(`30 07 00 01 61 03 23 ${alias}`));
      expect((await client.next("disconnect")).reasonCode).toBe(0x94);
      await client.expectClosed();
    }
  });
});

describe.each(evictions)("the hub's topic aliases, hub %s,", (_, step) => {
  async function topicsSent(topicAliasMaximum: number | undefined, topics: string[]) {
    const hub = new TestHub();
    const properties = topicAliasMaximum === undefined ? {} : { topicAliasMaximum };
    const reader = await hub.app({ properties });
    await reader.subscribe("t/#");
    const writer = await hub.app();
    const known = new Map<number, string>();
    const seen: { topic: string; alias: number | undefined }[] = [];
    for (const topic of topics) {
      await step(hub);
      writer.publish(topic, "x");
      const packet = await reader.next("publish");
      const alias = packet.properties?.topicAlias;
      if (alias !== undefined && packet.topic !== "") known.set(alias, packet.topic);
      const resolved = packet.topic === "" ? known.get(alias as number) : packet.topic;
      expect(resolved).toBe(topic);
      seen.push({ topic: packet.topic, alias });
    }
    return seen;
  }
  const topics = ["t/1", "t/2", "t/3", "t/1", "t/2", "t/3", "t/1"];

  it("stay within what the client allows, and always stand for the right topic [not MQTT-3.1.2-26] [not MQTT-3.3.2-11]", async () => {
    for (const maximum of [1, 2, 10]) {
      const aliases = (await topicsSent(maximum, topics)).map(({ alias }) => alias ?? 1);
      expect(Math.min(...aliases)).toBeGreaterThanOrEqual(1);
      expect(Math.max(...aliases)).toBeLessThanOrEqual(maximum);
    }
  });

  it("are not used for a client that allows none [not MQTT-3.1.2-27]", async () => {
    for (const maximum of [undefined, 0]) {
      expect((await topicsSent(maximum, topics)).every(({ topic, alias }) => alias === undefined && topic !== "")).toBe(
        true,
      );
    }
  });

  it("end with the connection: what is sent again or first on the next one names its topic [not MQTT-3.3.2-7]", async () => {
    const hub = new TestHub();
    const options = {
      clientId: "reader",
      clean: false,
      properties: { sessionExpiryInterval: 600, topicAliasMaximum: 5 },
    };
    const reader = await hub.app(options);
    await reader.subscribe({ topic: "t", qos: 1 });
    const writer = await hub.app();
    for (let i = 0; i < 2; i++) {
      writer.publish("t", "x", { qos: 1 });
      await writer.next("puback");
      await reader.next("publish");
      await step(hub);
    }
    reader.drop();
    await reader.closed;
    await step(hub);
    const back = await hub.app(options);
    expect((await back.next("publish")).topic).toBe("t");
  });
});
