// Shared subscriptions: section 4.8.2 of MQTT 5. 3.1.1 does not know them, but may use them here.
import { describe, expect, it } from "vitest";
import { evictions, TestHub } from "../support/hub.ts";
import type { TestClient } from "../support/mqtt-client.ts";
import { persistent } from "../support/mqtt-versions.ts";
import { passSeconds, useManualClock } from "../support/time.ts";

async function leave(client: TestClient): Promise<void> {
  client.drop();
  await client.closed;
}

/** What of PUBLISH came to each member until all of them answered a PINGREQ. */
async function texts(...members: TestClient[]): Promise<string[][]> {
  const all: string[][] = [];
  for (const member of members) {
    const seen: string[] = [];
    member.send({ cmd: "pingreq" });
    for (let packet = await member.nextPacket(); packet.cmd !== "pingresp"; packet = await member.nextPacket()) {
      if (packet.cmd === "publish") seen.push(packet.payload.toString());
    }
    all.push(seen);
  }
  return all;
}

describe.each(evictions)("a shared subscription, hub %s,", (_, step) => {
  it("gives each message to one member at its own granted QoS, and to others as ever [MQTT-4.8.2-3] [MQTT-4.8.2-1] [MQTT-4.8.2-2]", async () => {
    const hub = new TestHub();
    const members = [await hub.app(), await hub.app(), await hub.app()];
    for (const [qos, member] of members.entries()) {
      expect(await member.subscribe({ topic: "$share/group/t/+", qos: qos as 0 | 1 | 2 })).toEqual([qos]);
    }
    const alone = await hub.app();
    await alone.subscribe({ topic: "$share/other/t/+", qos: 0 }, { topic: "t/+", qos: 1 });
    const writer = await hub.app();
    for (let i = 1; i <= 6; i++) {
      writer.publish(`t/${i}`, String(i), { qos: 2, messageId: i });
      await writer.next("pubrec");
      await step(hub);
    }
    const seen: string[] = [];
    for (const [qos, member] of members.entries()) {
      member.send({ cmd: "pingreq" });
      for (let packet = await member.nextPacket(); packet.cmd === "publish"; packet = await member.nextPacket()) {
        expect(packet.qos).toBe(qos);
        seen.push(packet.payload.toString());
      }
    }
    expect(seen.toSorted()).toEqual(["1", "2", "3", "4", "5", "6"]);
    const [both] = await texts(alone);
    expect(both?.toSorted()).toEqual(["1", "1", "2", "2", "3", "3", "4", "4", "5", "5", "6", "6"]);
  });

  it("takes turns among connected members, and skips who is away", async () => {
    const hub = new TestHub();
    const [one, two] = [await hub.app(), await hub.app()];
    const away = await hub.app({ ...persistent(5), clientId: "away" });
    for (const member of [one, two, away]) await member.subscribe({ topic: "$share/g/t", qos: 1 });
    await leave(away);
    const writer = await hub.app();
    for (let i = 1; i <= 4; i++) {
      await step(hub);
      writer.publish("t", String(i), { qos: 1, messageId: i });
      await writer.next("puback");
    }
    const [first, second] = await texts(one, two);
    expect([first?.length, second?.length]).toEqual(_ === "awake" ? [2, 2] : [expect.any(Number), expect.any(Number)]);
    expect([...(first ?? []), ...(second ?? [])].toSorted()).toEqual(["1", "2", "3", "4"]);
    expect(await texts(await hub.app({ ...persistent(5), clientId: "away" }))).toEqual([[]]);
  });

  it("gets no retained messages, and ends with UNSUBSCRIBE of its whole filter", async () => {
    const hub = new TestHub();
    const writer = await hub.app();
    writer.publish("t", "kept", { qos: 1, retain: true });
    await writer.next("puback");
    const member = await hub.app();
    await member.subscribe({ topic: "$share/g/t", qos: 1 });
    expect(await texts(member)).toEqual([[]]);
    await step(hub);
    member.send({ cmd: "unsubscribe", messageId: 2, unsubscriptions: ["t", "$share/h/t", "$share/g/t"] });
    expect(await member.nextHex()).toBe("b0 06 00 02 00 11 11 00");
    await step(hub);
    writer.publish("t", "x", { qos: 1 });
    await writer.next("puback");
    expect(await texts(member)).toEqual([[]]);
  });

  it("asks for the right to its filter", async () => {
    const hub = new TestHub();
    const device = await hub.device(await hub.addDevice());
    expect(await device.subscribe("$share/g/others", "$share/g/shared/t")).toEqual([0x87, 0]);
  });

  it("a message that a member refuses goes to no other [not MQTT-4.8.2-6]", async () => {
    const hub = new TestHub();
    const members = [await hub.app(), await hub.app()];
    for (const member of members) await member.subscribe({ topic: "$share/g/t", qos: 2 });
    const writer = await hub.app();
    for (const qos of [1, 2] as const) {
      writer.publish("t", "x", { qos, messageId: qos });
      await writer.nextPacket();
      await step(hub);
      for (const member of members) {
        member.send({ cmd: "pingreq" });
        const packet = await member.nextPacket();
        if (packet.cmd !== "publish") continue;
        await member.next("pingresp");
        const refusal = { cmd: qos === 1 ? "puback" : "pubrec", messageId: packet.messageId, reasonCode: 0x80 };
        member.send(refusal as Parameters<TestClient["send"]>[0]);
        await member.settle();
      }
      await step(hub);
      expect(await texts(...members)).toEqual([[], []]);
    }
    for (const member of members) await leave(member);
    const late = await hub.app();
    await late.subscribe({ topic: "$share/g/t", qos: 2 });
    expect(await texts(late)).toEqual([[]]);
  });
});

describe.each(evictions)("a member of a shared subscription that leaves, hub %s:", (_, step) => {
  useManualClock();

  /** One member that was sent a message and left, and another that came afterwards. */
  async function interrupted(hub: TestHub, qos: 1 | 2): Promise<[TestClient, number]> {
    const first = await hub.app({ ...persistent(5, 100), clientId: "first" });
    await first.subscribe({ topic: "$share/g/t", qos: 2 });
    const writer = await hub.app();
    writer.publish("t", "x", { qos });
    await writer.nextPacket();
    const { messageId } = await first.next("publish");
    const second = await hub.app();
    await second.subscribe({ topic: "$share/g/t", qos: 2 });
    await step(hub);
    await leave(first);
    await step(hub);
    return [second, messageId as number];
  }

  it.each([1, 2] as const)(
    "gets what it did not acknowledge when it comes back, QoS %i [MQTT-4.8.2-4]",
    async (qos) => {
      const hub = new TestHub();
      const [second, messageId] = await interrupted(hub, qos);
      const back = await hub.app({ ...persistent(5, 100), clientId: "first" });
      expect(await back.next("publish")).toMatchObject({ messageId, dup: true, qos });
      expect(await texts(second)).toEqual([[]]);
    },
  );

  it("QoS 1 goes to another member when its session ends", async () => {
    const hub = new TestHub();
    const [second] = await interrupted(hub, 1);
    await passSeconds(hub, 50);
    expect(await texts(second)).toEqual([[]]);
    await passSeconds(hub, 51);
    expect(await texts(second)).toEqual([["x"]]);
  });

  it("QoS 2 goes to no other member when its session ends [not MQTT-4.8.2-5]", async () => {
    const hub = new TestHub();
    const [second] = await interrupted(hub, 2);
    await passSeconds(hub, 50);
    expect(await texts(second)).toEqual([[]]);
    await passSeconds(hub, 51);
    expect(await texts(second)).toEqual([[]]);
  });
});

describe("what is no shared subscription", () => {
  it.each([
    ["no name [MQTT-4.8.2-1]", "$share//t"],
    ["a wildcard in the name [not MQTT-4.8.2-2]", "$share/g+/t"],
    ["a number sign in the name [not MQTT-4.8.2-2]", "$share/#/t"],
    ["no slash behind the name [MQTT-4.8.2-2]", "$share/g"],
    ["no filter behind the name [MQTT-4.8.2-2]", "$share/g/"],
    ["a filter that is none [MQTT-4.8.2-2]", "$share/g/t#"],
  ])("%s", async (_, filter) => {
    const hub = new TestHub();
    const client = await hub.app();
    client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: filter, qos: 0 }] });
    const answer = await client.nextPacket();
    if (answer.cmd === "suback") {
      expect(answer.granted).toEqual([0x8f]);
      return;
    }
    expect(answer.cmd).toBe("disconnect");
    expect([0x81, 0x82, 0x8f]).toContain((answer as { reasonCode?: number }).reasonCode);
    await client.expectClosed();
  });
});
