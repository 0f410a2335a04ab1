import { describe, expect, it } from "vitest";
import { inVirtualHub, type VirtualClient, type VirtualHub } from "../support/virtual-hub.ts";

function publish(client: VirtualClient, topic: string, payload: string, qos: 0 | 1 | 2 = 0, retain = false): void {
  client.send({ cmd: "publish", topic, payload, qos, retain, dup: false, ...(qos > 0 && { messageId: 1 }) });
}

function codes(client: VirtualClient): (number | undefined)[] {
  return client.take().flatMap((packet) => ("reasonCode" in packet ? [packet.reasonCode] : []));
}

/** A client with a session that is kept, which has gone away. */
async function absent(hub: VirtualHub, topic: string): Promise<() => Promise<VirtualClient>> {
  const password = await hub.appPassword();
  const options = { password, clientId: "absent", properties: { sessionExpiryInterval: 1_000_000 } };
  const client = hub.connect(options);
  client.subscribe(topic, 1);
  client.drop();
  return async () => hub.connect({ ...options, clean: false });
}

describe("a client that publishes too much", () => {
  const limits = { maxMessagesPerSecond: 10 };

  it("is told 0x97 at QoS 1 and 2, and its neighbours do not notice", () =>
    inVirtualHub(async (hub) => {
      const noisy = hub.connect({ password: await hub.appPassword() });
      const neighbour = hub.connect({ password: await hub.appPassword() });
      neighbour.subscribe("t");
      neighbour.take();
      noisy.take();
      for (let i = 0; i < 30; i++) publish(noisy, "t", "loud", 1);
      expect(codes(noisy)).toEqual([...Array<number>(20).fill(0), ...Array<number>(10).fill(0x97)]);
      publish(noisy, "t", "loud", 2);
      expect(codes(noisy)).toEqual([0x97]);
      expect(neighbour.takeTexts()).toHaveLength(20);
      publish(neighbour, "t", "quiet");
      expect(neighbour.takeTexts()).toEqual(["quiet"]);
      hub.pass(1);
      for (let i = 0; i < 11; i++) publish(noisy, "t", "loud", 1);
      expect(codes(noisy).filter((code) => code === 0x97)).toHaveLength(1);
    }, limits));

  it("loses QoS 0, counted; with MQTT 3.1.1 QoS 1 is not acknowledged and the connection ends", () =>
    inVirtualHub(async (hub) => {
      const old = hub.connect({ password: await hub.appPassword(), protocolVersion: 4 });
      old.take();
      for (let i = 0; i < 30; i++) publish(old, "t", "x");
      expect(old.isOpen).toBe(true);
      publish(old, "t", "x", 1);
      expect(old.take()).toEqual([]);
      expect(old.closeCode).toBe(1008);
    }, limits));

  it("by bytes too", () =>
    inVirtualHub(
      async (hub) => {
        const noisy = hub.connect({ password: await hub.appPassword() });
        noisy.take();
        for (let i = 0; i < 4; i++) publish(noisy, "t", "x".repeat(1000), 1);
        expect(codes(noisy)).toEqual([0x10, 0x10, 0x97, 0x97]);
      },
      { maxBytesPerSecond: 1000 },
    ));
});

describe("a hub that would have to store too much", () => {
  it("refuses what it would have to store and carries the rest", () =>
    inVirtualHub(
      async (hub) => {
        await absent(hub, "kept");
        const app = hub.connect({ password: await hub.appPassword() });
        app.subscribe("fleeting", 1);
        app.take();
        for (let i = 0; i < 12; i++) publish(app, "kept", String(i), 1);
        expect(codes(app)).toEqual([...Array<number>(10).fill(0), 0x97, 0x97]);
        publish(app, "retained", "x", 1, true);
        expect(codes(app)).toEqual([0x97]);
        publish(app, "fleeting", "x", 1);
        expect(
          app
            .take()
            .map(({ cmd }) => cmd)
            .toSorted(),
        ).toEqual(["puback", "publish"]);
        hub.pass(1);
        publish(app, "kept", "x", 1);
        expect(codes(app)).toEqual([0]);
      },
      { maxStoredPerSecond: 5 },
    ));
});

describe("a queue", () => {
  it("loses the oldest beyond its number of messages, and says how many", () =>
    inVirtualHub(
      async (hub) => {
        const back = await absent(hub, "q");
        const app = hub.connect({ password: await hub.appPassword() });
        for (let i = 1; i <= 8; i++) publish(app, "q", String(i), 1);
        hub.evict();
        publish(app, "q", "9", 1);
        expect((await back()).takeTexts()).toEqual(["5", "6", "7", "8", "9"]);
      },
      { maxQueuedMessages: 5 },
    ));

  it("loses the oldest beyond its bytes; what is larger than all of it harms nobody", () =>
    inVirtualHub(
      async (hub) => {
        const back = await absent(hub, "q");
        const app = hub.connect({ password: await hub.appPassword() });
        for (const letter of "abc") publish(app, "q", letter.repeat(400), 1);
        publish(app, "q", "d".repeat(2000), 1);
        publish(app, "q", "e", 1);
        expect((await back()).takeTexts().map((text) => text[0])).toEqual(["b", "c", "e"]);
      },
      { maxQueuedBytes: 1000 },
    ));

  it("loses what is older than it may be, and what has expired; the time left is passed on", () =>
    inVirtualHub(
      async (hub) => {
        const back = await absent(hub, "q");
        const app = hub.connect({ password: await hub.appPassword(), keepalive: 0, protocolVersion: 4 });
        const other = hub.connect({ password: await hub.appPassword() });
        publish(app, "q", "old", 1);
        hub.pass(60);
        const packet = { cmd: "publish", topic: "q", qos: 1, retain: false, dup: false } as const;
        other.send({ ...packet, messageId: 1, payload: "expires", properties: { messageExpiryInterval: 30 } });
        other.send({ ...packet, messageId: 2, payload: "lasts", properties: { messageExpiryInterval: 100 } });
        hub.pass(50);
        const client = await back();
        const messages = client.take().flatMap((received) => (received.cmd === "publish" ? [received] : []));
        expect(messages.map(({ payload }) => payload.toString())).toEqual(["lasts"]);
        expect(messages[0]?.properties?.messageExpiryInterval).toBe(50);
      },
      { maxQueuedSeconds: 100 },
    ));

  it("shares the bytes of all queues", () =>
    inVirtualHub(
      async (hub) => {
        const back = await absent(hub, "q");
        const password = await hub.appPassword();
        const options = { password, clientId: "second", properties: { sessionExpiryInterval: 1000 } };
        const second = hub.connect(options);
        second.subscribe("r", 1);
        second.drop();
        const app = hub.connect({ password: await hub.appPassword() });
        publish(app, "q", "x".repeat(900), 1);
        publish(app, "r", "y".repeat(900), 1);
        expect((await back()).takeTexts()).toHaveLength(1);
        expect(hub.connect({ ...options, clean: false }).takeTexts()).toEqual([]);
      },
      { maxTotalQueuedBytes: 1000 },
    ));
});

it("connections and sessions are bounded: one too many is refused with 0x97", () =>
  inVirtualHub(
    async (hub) => {
      const password = await hub.appPassword();
      const properties = { sessionExpiryInterval: 100 };
      hub.connect({ password, clientId: "a", properties }).drop();
      expect(codes(hub.connect({ password, clientId: "b", properties }))).toEqual([0x97]);
      const first = hub.connect({ password, clientId: "a", properties });
      const second = hub.connect({ password, clientId: "c" });
      expect([...codes(first), ...codes(second)]).toEqual([0, 0]);
      const third = hub.connect({ password, clientId: "d" });
      expect(codes(third)).toEqual([0x97]);
      expect(third.isOpen).toBe(false);
      expect(codes(hub.connect({ password, clientId: "c" }))).toEqual([0]);
    },
    { maxSessions: 1, maxConnections: 2 },
  ));
