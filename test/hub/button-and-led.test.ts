import { describe, expect, it } from "vitest";
import { evictions, TestHub } from "../support/hub.ts";
import { connectPacket, openClient } from "../support/mqtt-client.ts";

describe.each(evictions)("a button in an app and an LED on a device, hub %s", (_, step) => {
  it.each([
    { lampVersion: 4, phoneVersion: 4, qos: 0 },
    { lampVersion: 5, phoneVersion: 5, qos: 0 },
    { lampVersion: 4, phoneVersion: 5, qos: 1 },
    { lampVersion: 5, phoneVersion: 4, qos: 1 },
  ] as const)("meet at QoS $qos, lamp MQTT $lampVersion, phone MQTT $phoneVersion", async (row) => {
    const { lampVersion, phoneVersion, qos } = row;
    const hub = new TestHub();
    const lampDevice = await hub.addDevice();
    const lamp = await hub.device(lampDevice, { protocolVersion: lampVersion });
    await step(hub);
    const phone = await hub.app({ protocolVersion: phoneVersion });
    await step(hub);
    expect(await lamp.subscribe({ topic: `devices/${lampDevice.id}/set/#`, qos })).toEqual([qos]);
    await step(hub);
    expect(await phone.subscribe({ topic: `devices/+/streams/led`, qos })).toEqual([qos]);
    await step(hub);

    // half a packet, in two frames
    const press = phone.encode({
      cmd: "publish",
      topic: `devices/${lampDevice.id}/set/led`,
      payload: "on",
      qos,
      retain: false,
      dup: false,
      messageId: 7,
    });
    phone.sendBytes(press.subarray(0, 9));
    await phone.expectNoPacket();
    await step(hub);
    phone.sendBytes(press.subarray(9));
    expect(await lamp.nextMessage()).toMatchObject({ topic: `devices/${lampDevice.id}/set/led`, text: "on", qos });
    if (qos === 1) expect(await phone.next("puback")).toMatchObject({ messageId: 7 });
    await step(hub);
    if (qos === 1) lamp.send({ cmd: "puback", messageId: 1 });

    lamp.publish(`devices/${lampDevice.id}/streams/led`, "on", { qos, retain: true });
    expect(await phone.nextMessage()).toMatchObject({ text: "on", qos, retain: false });
    if (qos === 1) await lamp.next("puback");
    await step(hub);

    const tablet = await hub.app();
    await step(hub);
    await tablet.subscribe(`devices/${lampDevice.id}/streams/+`);
    expect(await tablet.nextMessage()).toMatchObject({ text: "on", retain: true });
  });

  it("takes a CONNECT in single bytes", async () => {
    const hub = new TestHub();
    const device = await hub.addDevice();
    const lamp = await openClient(hub.path);
    const connect = lamp.encode(connectPacket({ password: device.credential }, lamp));
    for (const [index, byte] of connect.entries()) {
      lamp.sendBytes([byte]);
      if (index % 40 === 0) await step(hub);
    }
    expect(await lamp.next("connack")).toMatchObject({ reasonCode: 0 });
  });

  it("takes a packet longer than the attachment in many frames", async () => {
    const hub = new TestHub();
    const app = await hub.app();
    await app.subscribe("big");
    const payload = "0123456789".repeat(6000);
    const packet = app.encode({ cmd: "publish", topic: "big", payload, qos: 0, retain: false, dup: false });
    for (let at = 0; at < packet.length; at += 5000) {
      app.sendBytes(packet.subarray(at, at + 5000));
      await step(hub);
    }
    expect((await app.nextMessage()).text).toBe(payload);
  });
});
