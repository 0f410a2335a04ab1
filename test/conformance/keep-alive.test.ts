// Keep alive: section 3.1.2.10 of both versions. The hub notices silence when something wakes it; here another client does.
import { expect, it } from "vitest";
import { TestHub } from "../support/hub.ts";
import { fromHex, publishPacket } from "../support/mqtt-client.ts";
import { describeBoth } from "../support/mqtt-versions.ts";
import { passSeconds, useManualClock } from "../support/time.ts";

const will = { topic: "will", payload: "gone" as unknown as Buffer, qos: 0 as const, retain: false };

describeBoth("keep alive", (protocolVersion, step) => {
  useManualClock();

  it("ends a silent connection at 1.5 times its value, as a failure, and not before [MQTT-3.1.2-22] [MQTT-3.2.2-22] [MQTT3-3.1.2-24]", async () => {
    const hub = new TestHub();
    const watcher = await hub.app();
    await watcher.subscribe("will");
    const client = await hub.app({ protocolVersion, keepalive: 20, will });
    await step(hub);
    await passSeconds(hub, 29);
    await watcher.settle();
    await client.settle(); // any packet begins the interval anew
    await step(hub);
    await passSeconds(hub, 29);
    await watcher.settle();
    expect(client.remainingHex()).toEqual([]);
    await step(hub);
    await passSeconds(hub, 2);
    watcher.send({ cmd: "pingreq" });
    if (protocolVersion === 5) expect((await client.next("disconnect")).reasonCode).toBe(0x8d);
    await client.expectClosed();
    expect(client.remainingHex()).toEqual([]);
    const came = [await watcher.nextPacket(), await watcher.nextPacket()].map(({ cmd }) => cmd);
    expect(came.toSorted()).toEqual(["pingresp", "publish"]);
  });

  it("begins anew with every packet, also one of an acknowledgement", async () => {
    const hub = new TestHub();
    const watcher = await hub.app();
    const client = await hub.app({ protocolVersion, keepalive: 20 });
    const packets = [client.encode(publishPacket("a", "b")), fromHex("40 02 00 09"), fromHex("c0 00")];
    for (const packet of packets) {
      await passSeconds(hub, 25);
      client.sendBytes(packet);
      await step(hub);
      await watcher.settle();
    }
    expect(await client.nextHex()).toBe("d0 00");
    await client.settle();
  });

  it("of 0 is replaced by the server's 60 seconds in MQTT 5, and is no limit in 3.1.1 for 90 seconds", async () => {
    const hub = new TestHub();
    const client = await hub.app({ protocolVersion, keepalive: 0 });
    expect(client.connack?.properties?.serverKeepAlive).toBe(protocolVersion === 5 ? 60 : undefined);
    await passSeconds(hub, 89);
    await client.settle();
  });
});
