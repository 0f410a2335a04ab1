// MQTT over WebSocket: section 6 of both versions.
import { describe, expect, it } from "vitest";
import { TestHub } from "../support/hub.ts";
import { connectPacket, openClient, publishPacket, upgrade } from "../support/mqtt-client.ts";
import { describeBoth, versions } from "../support/mqtt-versions.ts";

describe.each(versions)("over WebSocket, %s,", (_, protocolVersion) => {
  it("a text frame ends the connection [MQTT-6.0.0-1] [MQTT3-6.0.0-1]", async () => {
    const hub = new TestHub();
    const client = await hub.app({ protocolVersion });
    client.sendText("hello");
    await client.expectClosed();
  });
});

describeBoth("packets and frames", (protocolVersion, step) => {
  it("have nothing to do with one another [not MQTT-6.0.0-2] [not MQTT3-6.0.0-2]", async () => {
    const hub = new TestHub();
    const client = await openClient(hub.path);
    const packets = Buffer.concat([
      client.encode(connectPacket({ protocolVersion, password: await hub.appJwt() }, client)),
      client.encode({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "t", qos: 0 }] }),
      client.encode(publishPacket("t", "x".repeat(300))),
      client.encode({ cmd: "pingreq" }),
    ]);
    const cuts = [1, 2, 30, packets.length - 310, packets.length - 200, packets.length - 1, packets.length];
    let start = 0;
    for (const end of cuts) {
      client.sendBytes(packets.subarray(start, end));
      await step(hub);
      start = end;
    }
    await client.next("connack");
    await client.next("suback");
    expect((await client.nextMessage()).text).toHaveLength(300);
    await client.next("pingresp");
  });
});

it("the subprotocol selected is mqtt [MQTT-6.0.0-4] [MQTT3-6.0.0-4]", async () => {
  const hub = new TestHub();
  for (const offered of ["mqtt", "mqttv3.1, mqtt", "mqtt, something"]) {
    const response = await upgrade(hub.path, { "sec-websocket-protocol": offered });
    expect(response.headers.get("sec-websocket-protocol")).toBe("mqtt");
    response.webSocket?.accept();
    response.webSocket?.close();
  }
});
