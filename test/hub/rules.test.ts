// Rules on streams, in virtual time: edges, how long they last, chains and loops, and the rows they cost.
import { describe, expect, it, vi } from "vitest";
import type { NotifyJob } from "../../src/domain/notifications.ts";
import type { Action } from "../../src/domain/rules/rule.ts";
import { publishes, VirtualRule } from "../support/rules.ts";
import { inVirtualHub, type VirtualClient, type VirtualHub } from "../support/virtual-hub.ts";

interface Device {
  id: string;
  client: VirtualClient;
  say(value: unknown, stream?: string): void;
}

async function deviceOf(hub: VirtualHub): Promise<Device> {
  const { id, password } = await hub.addDevice();
  const client = hub.connect({ password, keepalive: 0 });
  const say = (value: unknown, stream = "t") =>
    client.send({
      cmd: "publish",
      topic: `devices/${id}/streams/${stream}`,
      payload: `${value}`,
      qos: 0,
      dup: false,
      retain: false,
    });
  return { id, client, say };
}

async function listener(hub: VirtualHub, topicFilter = "shared/#"): Promise<VirtualClient> {
  const app = hub.connect({ password: await hub.appPassword(), keepalive: 0 });
  app.subscribe(topicFilter);
  app.take();
  return app;
}

const pauses: [string, (hub: VirtualHub) => void][] = [
  ["awake", () => {}],
  ["evicted between any two messages", (hub) => hub.evict()],
];

describe.each(pauses)("a rule on a stream, the hub %s", (_, pause) => {
  it("fires when the value crosses, once, and again when it has come back far enough", () =>
    inVirtualHub(async (hub) => {
      const device = await deviceOf(hub);
      const app = await listener(hub);
      const rule = new VirtualRule(hub, { type: "stream", device: { deviceId: device.id }, hysteresis: 2 });
      for (const value of [29, 31, 32, 29, 31, 28, 31, 40]) {
        device.say(value);
        pause(hub);
      }
      expect(app.takeTexts()).toEqual(["31", "31"]);
      expect(rule.log.map(({ cause }) => cause)).toMatchObject([
        { type: "stream", deviceId: device.id, stream: "t", value: 31, condition: "t above 30" },
        { value: 31 },
      ]);
    }));

  it("hears of values in whatever form they come, and of those that are not late", () =>
    inVirtualHub(async (hub) => {
      const device = await deviceOf(hub);
      const rule = new VirtualRule(hub, {
        type: "stream",
        device: { deviceId: device.id },
        is: "changed",
        value: null,
      });
      const says = [
        "1",
        '{"value": 2}',
        `{"value": 3, "at": ${hub.now - 1000}}`,
        `{"value": 4, "at": ${hub.now - 3_600_000}}`,
      ];
      for (const text of [...says, "on", "on", "true"]) {
        device.say(text);
        pause(hub);
      }
      const together = { cmd: "publish", qos: 0, dup: false, retain: false } as const;
      device.client.send({ ...together, topic: `devices/${device.id}/streams`, payload: '{"u": 1, "t": 5}' });
      expect(rule.log.map(({ cause }) => cause.value)).toEqual([2, 3, "on", true, 5]);
    }));

  it("fires after the value has stayed there for so long, without another message", () =>
    inVirtualHub(async (hub) => {
      const device = await deviceOf(hub);
      const rule = new VirtualRule(hub, { type: "stream", device: { deviceId: device.id }, forSeconds: 60 });
      device.say(31);
      pause(hub);
      hub.pass(40);
      device.say(29);
      pause(hub);
      hub.pass(30);
      expect(rule.log).toEqual([]);
      device.say(33);
      pause(hub);
      hub.pass(30);
      device.say(35);
      pause(hub);
      hub.pass(29);
      expect(rule.log).toEqual([]);
      hub.pass(2);
      expect(rule.log.map(({ cause }) => cause.value)).toEqual([35]);
      hub.pass(1000);
      expect(rule.times).toBe(1);
    }));
});

describe("a rule on a stream", () => {
  it("goes on after a crash: what lasts fires, what has fired does not fire again", () =>
    inVirtualHub(async (hub) => {
      const { id, password } = await hub.addDevice();
      const rule = new VirtualRule(hub, { type: "stream", device: { deviceId: id } });
      const lasting = new VirtualRule(hub, { type: "stream", device: { deviceId: id }, forSeconds: 60 });
      const say = (value: number) =>
        hub.connect({ password, keepalive: 0 }).send({
          cmd: "publish",
          topic: `devices/${id}/streams/t`,
          payload: `${value}`,
          qos: 0,
          dup: false,
          retain: false,
        });
      say(31);
      hub.crash();
      say(32);
      hub.crash();
      hub.pass(61);
      expect([rule.times, lasting.times]).toEqual([1, 1]);
    }));

  it("writes rows when a value crosses, and none for messages between; without rules nobody looks", () =>
    inVirtualHub(async (hub) => {
      const device = await deviceOf(hub);
      expect(hub.parts.streams.watcher).toBeNull();
      const rule = new VirtualRule(hub, { type: "stream", device: { deviceId: device.id } });
      device.say(1);
      let rows = hub.countRowsWritten();
      for (let i = 0; i < 100; i++) device.say(i % 30);
      expect(rows()).toBe(0);
      device.say(31);
      expect(rows()).toBe(2); // where it is, the log
      rows = hub.countRowsWritten();
      for (let i = 0; i < 100; i++) device.say(31 + i);
      expect(rows()).toBe(0);
      device.say(1);
      expect(rows()).toBe(1);
      rule.delete();
      expect(hub.parts.streams.watcher).toBeNull();
    }));

  it("begins anew when what it asks for changes, and not with its name", () =>
    inVirtualHub(async (hub) => {
      const device = await deviceOf(hub);
      const rule = new VirtualRule(hub, { type: "stream", device: { deviceId: device.id } });
      device.say(31);
      rule.change({ name: "Other" });
      device.say(32);
      expect(rule.times).toBe(1);
      rule.change({ enabled: false });
      device.say(33);
      expect(rule.times).toBe(1);
      rule.change({ enabled: true });
      device.say(34);
      expect(rule.times).toBe(2);
      expect(() => rule.change({ actions: [publishes("a/#")] })).toThrow("bad_request: actions.0.topic");
    }));

  it("says so when there is no room for what it is to leave behind, and then sends it to nobody", () =>
    inVirtualHub(
      async (hub) => {
        const device = await deviceOf(hub);
        const app = await listener(hub);
        const actions: Action[] = ["shared/a", "shared/b"].map(
          (topic) => ({ ...publishes(topic), retain: true }) as Action,
        );
        const rule = new VirtualRule(hub, { type: "stream", device: { deviceId: device.id } }, actions);
        device.say(31);
        expect(app.takeTexts()).toEqual(["31"]);
        const [firing] = rule.log;
        expect(firing?.actions.map(({ status }) => status)).toEqual(["done", "failed"]);
        expect(firing?.actions[1]?.detail).toMatch(/^shared\/b: the hub holds as many retained messages as it may/);
      },
      { maxRetainedMessages: 1 },
    ));

  it("acts after everybody has heard of what set it off", () =>
    inVirtualHub(async (hub) => {
      const device = await deviceOf(hub);
      const app = await listener(hub, "#");
      const actions = [publishes("shared/{device}")];
      const rule = new VirtualRule(hub, { type: "stream", device: { deviceId: device.id } }, actions);
      app.take();
      device.say(31);
      const topics = app.take().flatMap((packet) => (packet.cmd === "publish" ? [packet.topic] : []));
      expect(topics).toEqual([`devices/${device.id}/streams/t`, `shared/${device.id}`]);
      expect(rule.times).toBe(1);
    }));
});

describe("rules that set each other off", () => {
  it("end after five, and the log says so", () =>
    inVirtualHub(async (hub) => {
      const device = await deviceOf(hub);
      const [a, b] = [`devices/${device.id}/streams/a`, `devices/${device.id}/streams/b`];
      const onChange = (stream: string, topic: string) =>
        new VirtualRule(hub, { type: "stream", device: { deviceId: device.id }, stream, is: "changed", value: null }, [
          publishes(topic, "{value}1"),
        ]);
      for (const stream of ["a", "b"]) device.say(0, stream);
      const [first, second] = [onChange("a", b), onChange("b", a)];
      device.say(1, "a");
      expect(first.times + second.times).toBe(5);
      expect([...first.log, ...second.log].filter(({ outcome }) => outcome === "suppressed")).toMatchObject([
        { actions: [], reason: expect.stringContaining("5 rules in a row") },
      ]);
    }));

  it("by way of a device, or one that flaps, fire sixty times a minute at most, with one line for the rest", () =>
    inVirtualHub(async (hub) => {
      const device = await deviceOf(hub);
      const rule = new VirtualRule(hub, { type: "stream", device: { deviceId: device.id } });
      hub.pass(60 - ((hub.now / 1000) % 60));
      for (let i = 0; i < 200; i++) device.say(i % 2 === 0 ? 40 : 20);
      expect(rule.view.lastFiredAt).toBe(hub.now);
      expect(rule.log.at(-1)).toMatchObject({ outcome: "suppressed", reason: "It fired 60 times this minute." });
      expect(rule.log.filter(({ outcome }) => outcome === "suppressed")).toHaveLength(1);
      hub.pass(61);
      device.say(40);
      expect(rule.log.at(-1)).toMatchObject({ outcome: "fired", at: hub.now });
    }));
});

describe("a hub's rules", () => {
  it("are a hundred at most", () =>
    inVirtualHub(async (hub) => {
      const { id } = await hub.addDevice();
      const make = () => new VirtualRule(hub, { type: "stream", device: { deviceId: id } });
      const rules = Array.from({ length: 100 }, make);
      expect(make).toThrow("quota_exceeded");
      rules[0]?.delete();
      expect(make).not.toThrow();
    }));
});

describe("what a rule has to tell", () => {
  const notify: Action = { type: "notify", channels: [{ kind: "email" }, { kind: "push" }], title: null, text: null };

  it("waits in the hub until the queue has it, and asks for the alarm", () =>
    inVirtualHub(async (hub) => {
      const device = await deviceOf(hub);
      const rule = new VirtualRule(hub, { type: "stream", device: { deviceId: device.id } }, [notify]);
      const rows = hub.countRowsWritten();
      device.say(31);
      expect(rows()).toBe(3); // where it is, the log, what has to be told
      expect(hub.alarmAt).toBe(hub.now);
      const { outbox } = hub.parts.rules;
      const jobs: NotifyJob[] = [];
      const handOver = async (isUp: boolean) => {
        hub.pass(0);
        const send = async (job: NotifyJob) =>
          isUp ? jobs.push(job) : Promise.reject(new Error("The queue is down."));
        const tried = await hub.parts.rules.outbox.tryAll(hub.now, send);
        hub.broker.during(() => hub.parts.rules.outbox.settle(tried));
      };
      const log = vi.spyOn(console, "warn").mockImplementation(() => {});
      await handOver(false);
      expect(outbox.isDue(hub.now)).toBe(false);
      expect(hub.alarmAt).toBe(hub.now + 10_000);
      hub.crash();
      expect(hub.parts.rules.outbox.isDue(hub.now + 10_000)).toBe(true);
      hub.pass(10);
      await handOver(false);
      hub.pass(30);
      await handOver(true);
      log.mockRestore();
      expect(hub.parts.rules.outbox.isDue(hub.now + 1e9)).toBe(false);
      expect(jobs).toMatchObject([
        {
          type: "notify",
          userId: "usr_1",
          hubId: hub.id,
          ruleId: rule.id,
          deviceId: device.id,
          value: 31,
          title: "Rule",
          text: `${device.id}: t is 31 (t above 30).`,
          channels: [{ kind: "email" }, { kind: "push" }],
        },
      ]);
      expect(rule.log[0]?.actions.map(({ type, status }) => [type, status])).toEqual([
        ["email", "waiting"],
        ["push", "waiting"],
      ]);
      const [{ notificationId = "" } = {}] = jobs;
      const report = { notificationId, ruleId: rule.id, kind: "email", targetId: null, at: hub.now } as const;
      const delivered = () => hub.parts.rules.calls.delivered({ ...report, status: "delivered", detail: "" });
      hub.broker.during(delivered);
      expect(rule.log[0]?.actions[0]).toMatchObject({ type: "email", status: "delivered" });
      const after = hub.countRowsWritten();
      hub.broker.during(delivered);
      expect(after()).toBe(0);
    }));

  it("is given up after a day, and the log says so", () =>
    inVirtualHub(async (hub) => {
      const device = await deviceOf(hub);
      const rule = new VirtualRule(hub, { type: "stream", device: { deviceId: device.id } }, [notify]);
      device.say(31);
      const from = hub.now;
      const log = vi.spyOn(console, "warn").mockImplementation(() => {});
      for (let i = 0; i < 100 && hub.alarmAt !== null; i++) {
        hub.pass(Math.max(0, (hub.alarmAt - hub.now) / 1000));
        const { outbox } = hub.parts.rules;
        const tried = await outbox.tryAll(hub.now, () => Promise.reject(new Error("The queue is down.")));
        hub.broker.during(() => outbox.settle(tried));
        if (!outbox.isDue(hub.now + 1e9)) break;
      }
      log.mockRestore();
      expect(rule.log[0]?.actions.map(({ status }) => status)).toEqual(["failed", "failed"]);
      expect((hub.now - from) / 3_600_000).toBeGreaterThan(24);
      expect((hub.now - from) / 3_600_000).toBeLessThan(30);
    }));
});
