import { describe, expect, it } from "vitest";
import { inVirtualHub, type VirtualClient, type VirtualHub } from "../support/virtual-hub.ts";

const kept = { properties: { sessionExpiryInterval: 1000 } };

/** An app whose session is kept: the way to connect it, again and again. */
async function keptApp(hub: VirtualHub, clientId: string): Promise<() => VirtualClient> {
  const password = await hub.appPassword();
  return () => hub.connect({ password, clientId, clean: false, ...kept });
}

function publish(client: VirtualClient, topic: string, payload: string, qos: 0 | 1 | 2, messageId = 1): void {
  client.send({ cmd: "publish", topic, payload, qos, retain: false, dup: false, messageId });
}

describe("after the process died", () => {
  it("an unacknowledged QoS 1 message comes again as a duplicate with its packet id, an acknowledged one does not", () =>
    inVirtualHub(async (hub) => {
      const connect = await keptApp(hub, "receiver");
      let receiver = connect();
      receiver.subscribe("q", 1);
      const sender = hub.connect({ password: await hub.appPassword() });
      publish(sender, "q", "one", 1);
      publish(sender, "q", "two", 1, 2);
      const [first, second] = receiver.take().filter(({ cmd }) => cmd === "publish");
      receiver.send({ cmd: "puback", messageId: first?.messageId as number });
      hub.crash();
      receiver = connect();
      const [connack, again, ...rest] = receiver.take();
      expect(connack).toMatchObject({ cmd: "connack", sessionPresent: true });
      expect(again).toMatchObject({ cmd: "publish", dup: true, qos: 1, messageId: second?.messageId });
      expect(rest).toEqual([]);
    }));

  it("a QoS 2 message is neither lost nor doubled, at whatever step it was", () =>
    inVirtualHub(async (hub) => {
      const connectReceiver = await keptApp(hub, "receiver");
      const connectSender = await keptApp(hub, "sender");
      let receiver = connectReceiver();
      receiver.subscribe("q", 2);
      let sender = connectSender();
      publish(sender, "q", "x", 2, 7);
      expect(sender.take().at(-1)).toMatchObject({ cmd: "pubrec", messageId: 7 });
      hub.crash();
      sender = connectSender();
      sender.send({ cmd: "publish", topic: "q", payload: "x", qos: 2, retain: false, dup: true, messageId: 7 });
      sender.send({ cmd: "pubrel", messageId: 7 });
      expect(sender.take().map(({ cmd }) => cmd)).toEqual(["connack", "pubrec", "pubcomp"]);
      receiver = connectReceiver();
      const messages = receiver.take().filter(({ cmd }) => cmd === "publish");
      expect(messages).toHaveLength(1);
      const messageId = messages[0]?.messageId as number;
      receiver.send({ cmd: "pubrec", messageId });
      expect(receiver.take()).toMatchObject([{ cmd: "pubrel", messageId }]);
      hub.crash();
      receiver = connectReceiver();
      expect(receiver.take().slice(1)).toMatchObject([{ cmd: "pubrel", messageId }]);
      receiver.send({ cmd: "pubcomp", messageId });
      hub.crash();
      expect(connectReceiver().take().slice(1)).toEqual([]);
    }));

  it("a QoS 2 message that comes again after a second crash is known, too", () =>
    inVirtualHub(async (hub) => {
      const receiver = await keptApp(hub, "receiver");
      receiver().subscribe("q", 1);
      const connect = await keptApp(hub, "sender");
      connect();
      hub.crash();
      const again = { cmd: "publish", topic: "q", payload: "x", qos: 2, retain: false, messageId: 7 } as const;
      connect().send({ ...again, dup: false });
      hub.crash();
      connect().send({ ...again, dup: true });
      expect(receiver().takeTexts()).toEqual(["x"]);
    }));

  it("subscriptions of a kept session are there, and what is published meanwhile waits", () =>
    inVirtualHub(async (hub) => {
      const connect = await keptApp(hub, "receiver");
      connect().subscribe("q/#", 1);
      hub.crash();
      publish(hub.connect({ password: await hub.appPassword() }), "q/a", "x", 1);
      hub.crash();
      expect(connect().takeTexts()).toEqual(["x"]);
    }));

  it("a kept session ends as long after the crash as it would have ended after its connection", () =>
    inVirtualHub(async (hub) => {
      const connect = await keptApp(hub, "receiver");
      connect().subscribe("q", 1);
      hub.crash();
      (await keptApp(hub, "other"))();
      hub.pass(900);
      expect(connect().take()[0]).toMatchObject({ sessionPresent: true });
      hub.crash();
      (await keptApp(hub, "other"))();
      hub.pass(1001);
      expect(connect().take()[0]).toMatchObject({ sessionPresent: false });
    }));

  it("a kept session whose client was back before another crash has its whole time after that", () =>
    inVirtualHub(async (hub) => {
      const connect = await keptApp(hub, "receiver");
      connect().subscribe("q", 1);
      hub.crash();
      expect(connect().take()[0]).toMatchObject({ sessionPresent: true });
      hub.pass(5000);
      hub.crash();
      (await keptApp(hub, "other"))();
      hub.pass(900);
      expect(connect().take()[0]).toMatchObject({ sessionPresent: true });
    }));

  it("a kept session ends at most a minute late, if the hub slept or died again before it had written that it waits", () =>
    inVirtualHub(async (hub) => {
      const connect = await keptApp(hub, "receiver");
      connect().subscribe("q", 1);
      hub.crash();
      const connectOther = await keptApp(hub, "other");
      connectOther();
      hub.pass(30);
      hub.evict();
      hub.pass(20);
      hub.crash();
      connectOther();
      hub.pass(5);
      hub.evict();
      hub.pass(1060);
      expect(connect().take()[0]).toMatchObject({ sessionPresent: false });
    }));

  it("what was waiting behind all that may be in flight is no duplicate, and expires", () =>
    inVirtualHub(async (hub) => {
      const connect = await keptApp(hub, "receiver");
      connect().subscribe("q", 1);
      const sender = hub.connect({ password: await hub.appPassword() });
      const message = { cmd: "publish", topic: "q", qos: 1, retain: false, dup: false } as const;
      const properties = { messageExpiryInterval: 5 };
      for (let i = 1; i <= 102; i++) sender.send({ ...message, payload: `${i}`, messageId: i, properties });
      sender.send({ ...message, payload: "lasting", messageId: 103 });
      hub.crash();
      hub.pass(6);
      const receiver = connect();
      const again = receiver.take().slice(1);
      expect(again).toHaveLength(100);
      expect(again.every((packet) => packet.cmd === "publish" && packet.dup)).toBe(true);
      for (const { messageId } of again) receiver.send({ cmd: "puback", messageId: messageId as number });
      const [last, ...further] = receiver.take();
      expect(last).toMatchObject({ cmd: "publish", dup: false });
      expect(last?.cmd === "publish" && last.payload.toString()).toBe("lasting");
      expect(further).toEqual([]);
    }));

  it("what is published to a client that is not back yet is no duplicate, and expires", () =>
    inVirtualHub(async (hub) => {
      const connect = await keptApp(hub, "receiver");
      connect().subscribe("q", 1);
      hub.crash();
      const sender = hub.connect({ password: await hub.appPassword() });
      const brief = { cmd: "publish", topic: "q", payload: "brief", qos: 1, retain: false, dup: false } as const;
      sender.send({ ...brief, messageId: 1, properties: { messageExpiryInterval: 5 } });
      publish(sender, "q", "lasting", 1, 2);
      hub.pass(10);
      hub.crash();
      expect(connect().take().slice(1)).toMatchObject([{ cmd: "publish", dup: false }]);
    }));

  it("nor what is published to it after the hub has slept", () =>
    inVirtualHub(async (hub) => {
      const connect = await keptApp(hub, "receiver");
      connect().subscribe("q", 1);
      hub.crash();
      const sender = hub.connect({ password: await hub.appPassword() });
      hub.evict();
      publish(sender, "q", "x", 1);
      expect(connect().take().slice(1)).toMatchObject([{ cmd: "publish", dup: false }]);
    }));

  it("a will is published although nobody comes back, by the alarm that was set for it", () =>
    inVirtualHub(async (hub) => {
      const connectWatcher = await keptApp(hub, "watcher");
      const watcher = connectWatcher();
      watcher.subscribe("shared/w", 1);
      const will = { topic: "shared/w", payload: "gone" as unknown as Buffer, qos: 1 as const, retain: false };
      hub.connect({ password: (await hub.addDevice()).password, will });
      hub.crash();
      hub.pass(700);
      expect(connectWatcher().takeTexts()).toEqual(["gone"]);
    }));

  it("what a member of a shared subscription had not acknowledged goes to another one", () =>
    inVirtualHub(async (hub) => {
      const password = await hub.appPassword();
      const member = hub.connect({ password, clientId: "a" });
      member.subscribe("$share/g/q", 1);
      publish(hub.connect({ password, clientId: "p" }), "q", "x", 1);
      expect(member.takeTexts()).toEqual(["x"]);
      const connectOther = await keptApp(hub, "b");
      connectOther().subscribe("$share/g/q", 1);
      hub.crash();
      expect(connectOther().takeTexts()).toEqual(["x"]);
    }));
});
