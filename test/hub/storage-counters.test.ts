// What a message costs in rows: counted from the storage's own cursors.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { UserHub } from "../../durable-objects/user-hub/user-hub.ts";
import { TestHub } from "../support/hub.ts";
import { countRowsWritten } from "../support/row-counter.ts";
import { inVirtualHub } from "../support/virtual-hub.ts";

describe("rows written", () => {
  it("by QoS 0 messages: none; by QoS 1 to connected clients: none; by a retained one: one, unchanged: none", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const device = await hub.device(own);
    const app = await hub.app();
    await app.subscribe({ topic: `devices/${own.id}/#`, qos: 1 });
    await app.nextMessage();
    app.send({ cmd: "puback", messageId: 1 });
    await app.settle();
    const rowsWritten = await countRowsWritten(hub);

    for (let i = 0; i < 100; i++) device.publish(`devices/${own.id}/streams/t`, String(i));
    for (let i = 0; i < 100; i++) await app.nextMessage();
    expect(await rowsWritten()).toBe(0);

    for (let i = 0; i < 20; i++) {
      device.publish(`devices/${own.id}/streams/t`, String(i), { qos: 1, messageId: i + 1 });
      await device.next("puback");
      app.send({ cmd: "puback", messageId: (await app.nextMessage()).messageId as number });
    }
    await app.settle();
    expect(await rowsWritten()).toBe(0);

    device.publish(`devices/${own.id}/set/led`, "on", { retain: true });
    await device.settle();
    expect(await rowsWritten()).toBe(1);
    for (let i = 0; i < 10; i++) device.publish(`devices/${own.id}/set/led`, "on", { retain: true });
    await device.settle();
    expect(await rowsWritten()).toBe(1);
  });

  it("by QoS 1 to a session that is kept: one to keep the message, one when it is acknowledged", async () => {
    const hub = new TestHub();
    const options = { password: await hub.appJwt(), clientId: "kept", properties: { sessionExpiryInterval: 100 } };
    const kept = await hub.app(options);
    await kept.subscribe({ topic: "q", qos: 1 });
    const app = await hub.app();
    const rowsWritten = await countRowsWritten(hub);
    await kept.subscribe({ topic: "q", qos: 1 });
    expect(await rowsWritten()).toBe(0);
    for (let i = 1; i <= 20; i++) {
      app.publish("q", String(i), { qos: 1, messageId: i });
      await app.next("puback");
    }
    expect(await rowsWritten()).toBe(20);
    for (let i = 1; i <= 20; i++)
      kept.send({ cmd: "puback", messageId: (await kept.nextMessage()).messageId as number });
    await kept.settle();
    expect(await rowsWritten()).toBe(40);
    app.publish("q", "fleeting");
    await kept.nextMessage();
    expect(await rowsWritten()).toBe(40);
    kept.send({ cmd: "disconnect" });
    await kept.expectClosed();
    // Its row, and the alarm for its end is no row of a table.
    expect(await rowsWritten()).toBe(41);
  });

  it("by a connection: one when a device's ends, none when an app's does", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    await hub.stub.presence("");
    const rowsWritten = await countRowsWritten(hub);
    const app = await hub.app();
    await app.subscribe("a", "b/+");
    app.send({ cmd: "disconnect" });
    await app.expectClosed();
    expect(await rowsWritten()).toBe(0);
    const device = await hub.device(own);
    expect(await rowsWritten()).toBe(0);
    device.send({ cmd: "disconnect" });
    await device.expectClosed();
    expect(await rowsWritten()).toBe(1);
  });
});

describe("after a crash", () => {
  const kept = { clean: false, properties: { sessionExpiryInterval: 10_000 } };

  it("clients that come back to their sessions write no row; one alarm is set for those that may not", () =>
    inVirtualHub(async (hub) => {
      const device = { password: (await hub.addDevice()).password, clientId: "device", ...kept };
      const app = { password: await hub.appPassword(), clientId: "app", ...kept };
      const connectBoth = () => [device, app].map((each) => hub.connect(each).take()[0]);
      hub.connect(app).subscribe("shared/#", 1);
      hub.connect(device);
      for (let i = 0; i < 3; i++) {
        hub.crash();
        const { alarms } = hub;
        const rowsWritten = hub.countRowsWritten({ withMeter: true });
        expect(connectBoth()).toMatchObject([{ sessionPresent: true }, { sessionPresent: true }]);
        expect(rowsWritten()).toBe(0);
        expect(hub.alarms - alarms).toBe(1);
        hub.pass(61);
        expect(rowsWritten()).toBe(0);
      }
    }));

  it("a client that does not come back within a minute costs a row, and one when it does", () =>
    inVirtualHub(async (hub) => {
      const [app, other] = await Promise.all(
        ["app", "other"].map(async (clientId) => ({ password: await hub.appPassword(), clientId, ...kept })),
      );
      hub.connect(app!);
      hub.connect(other!);
      hub.crash();
      hub.connect(other!);
      const rowsWritten = hub.countRowsWritten();
      hub.pass(61);
      expect(rowsWritten()).toBe(1);
      hub.connect(app!);
      expect(rowsWritten()).toBe(2);
    }));
});

it("the message handler is synchronous: it returns nothing to wait for, and its effects are there when it returns", async () => {
  const hub = new TestHub();
  const app = await hub.app({ clientId: "one" });
  await app.subscribe("t");
  expect(UserHub.prototype.webSocketMessage.constructor.name).toBe("Function");
  await runInDurableObject(hub.stub, (instance: UserHub, state) => {
    const [socket] = state.getWebSockets();
    const sent: ArrayBuffer[] = [];
    Object.defineProperty(socket, "send", { value: (data: ArrayBuffer) => sent.push(data) });
    const publish = app.encode({ cmd: "publish", topic: "t", payload: "x", qos: 0, retain: false, dup: false });
    const frame = new Uint8Array(publish).buffer;
    expect(instance.webSocketMessage(socket as WebSocket, frame)).toBeUndefined();
    expect(sent).toHaveLength(1);
  });
});
