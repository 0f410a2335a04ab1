// Connections that last no longer than their deployment or their client wants.
import { describe, expect, it } from "vitest";
import { TestHub } from "../support/hub.ts";
import { JsonClient } from "../support/json-client.ts";
import { openClient, upgrade } from "../support/mqtt-client.ts";
import { inVirtualHub, type VirtualClient } from "../support/virtual-hub.ts";

const hello = { cmd: "publish", topic: "shared/hello", qos: 1, retain: false, dup: false } as const;
const persistent = { clean: false, clientId: "lamp", properties: { sessionExpiryInterval: 3600 } };

describe.each(["awake", "evicted"])("a bounded connection, hub %s", (how) => {
  it("ends when its client is heard after its time, told why, and finds its session again", () =>
    inVirtualHub(async (hub) => {
      const rest = () => how === "evicted" && hub.evict();
      const own = await hub.addDevice();
      const connect = () => hub.connect({ password: own.password, keepalive: 60, ...persistent, maxSeconds: 600 });
      const device = connect();
      device.subscribe("shared/#", 1);
      const app = hub.connect({ password: await hub.appPassword(), keepalive: 0, protocolVersion: 4 });
      app.subscribe("shared/hello");
      const began = hub.now;
      const said: string[] = [];
      for (let i = 0; device.isOpen && i < 20; i++) {
        hub.pass(30);
        rest();
        device.take();
        said.push(`${i}`);
        device.send({ ...hello, payload: `${i}`, messageId: 9 });
      }
      // What it said last was still heard and answered.
      expect(app.takeTexts()).toEqual(said);
      expect(device.take()).toMatchObject([
        { cmd: "publish" },
        { cmd: "puback" },
        { cmd: "disconnect", reasonCode: 0xa0 },
      ]);
      expect(device).toMatchObject({ isOpen: false, closeCode: 1001 });
      expect(hub.now - began).toBeGreaterThanOrEqual(480_000);
      expect(hub.now - began).toBeLessThanOrEqual(600_000);
      rest();
      expect(connect().take()[0]).toMatchObject({ cmd: "connack", sessionPresent: true });
    }));

  it("takes no alarm, and is found by whatever else wakes the hub", () =>
    inVirtualHub(async (hub) => {
      const silent = hub.connect({
        password: (await hub.addDevice()).password,
        keepalive: 0,
        maxSeconds: 600,
        protocolVersion: 4,
      });
      const other = hub.connect({ password: await hub.appPassword(), keepalive: 0, protocolVersion: 4 });
      hub.pass(3600);
      expect({ alarms: hub.alarms, isOpen: silent.isOpen }).toEqual({ alarms: 0, isOpen: true });
      if (how === "evicted") hub.evict();
      other.send({ cmd: "pingreq" });
      expect(silent).toMatchObject({ isOpen: false, closeCode: 1001 });
      expect(silent.take().map(({ cmd }) => cmd)).toEqual(["connack"]);
      expect(other.isOpen).toBe(true);
    }));
});

it("all connections are bounded by MAX_CONNECTION_SECONDS, also those that ask for more, and they end one after the other", () =>
  inVirtualHub(
    async (hub) => {
      const password = await hub.appPassword();
      const clients: VirtualClient[] = [];
      for (let i = 0; i < 40; i++) {
        const maxSeconds = i % 2 === 0 ? {} : { maxSeconds: 9000 };
        clients.push(hub.connect({ password, clientId: `c${i}`, keepalive: 0, protocolVersion: 4, ...maxSeconds }));
      }
      const isOpen = () => clients.filter((client) => client.isOpen).length;
      const left: number[] = [];
      // Somebody's pings keep the hub awake.
      const pulse = () =>
        hub.connect({ password, clientId: "pulse", keepalive: 0, protocolVersion: 4 }).send({ cmd: "pingreq" });
      hub.pass(799);
      pulse();
      expect(isOpen()).toBe(40);
      for (let i = 0; i < 5; i++) {
        hub.pass(40);
        pulse();
        left.push(isOpen());
      }
      hub.pass(5);
      pulse();
      expect(isOpen()).toBe(0);
      // Forty ends within 200 s: not more than half of them in any 40 s.
      expect(Math.max(...left.map((count, i) => (left[i - 1] ?? 40) - count))).toBeLessThan(21);
      expect(left[0]).toBeGreaterThan(0);
    },
    { maxConnectionSeconds: 1000 },
  ));

describe("who asks for it on the upgrade", () => {
  const tillOver = () => new Promise((resolve) => setTimeout(resolve, 1050));

  it("is told by MQTT 5, through either door, after hibernation", async () => {
    const hub = new TestHub();
    const devices = [];
    for (const path of [hub.path, "/mqtt"]) {
      const device = await openClient(`${path}?maxSeconds=1`);
      await device.connect({ password: (await hub.addDevice()).credential });
      devices.push(device);
    }
    await hub.evict();
    await tillOver();
    // One of them is heard, which ends both.
    devices[0]?.send({ cmd: "pingreq" });
    await devices[0]?.next("pingresp");
    for (const device of devices) {
      const properties = { reasonString: expect.stringContaining("Come again") };
      expect(await device.next("disconnect")).toMatchObject({ reasonCode: 0xa0, properties });
      expect(await device.expectClosed()).toMatchObject({ code: 1001 });
    }
  });

  it("is told by the close frame of JSON, after hibernation", async () => {
    const hub = new TestHub();
    const headers = { "sec-websocket-protocol": "homeport.json.v1", authorization: `Bearer ${await hub.appJwt()}` };
    const { webSocket } = await upgrade("/v1/connect?maxSeconds=1", headers);
    const page = new JsonClient(webSocket as WebSocket);
    await hub.evict();
    await tillOver();
    expect(await page.ask({ type: "subscribe", topicFilter: "shared/#" })).toMatchObject({ type: "ok" });
    expect(await page.closed).toEqual({ code: 1001, reason: expect.stringContaining("Come again") });
  });
});

it.each(["0", "-1", "1.5", "86401", "x"])("maxSeconds=%s is refused", async (asked) => {
  const hub = new TestHub();
  const answer = await upgrade(`${hub.path}?maxSeconds=${asked}`, { "sec-websocket-protocol": "mqtt" });
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain("maxSeconds");
});
