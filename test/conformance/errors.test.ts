// What is malformed or against the protocol, byte for byte, and how the connection ends: sections 1.5, 2, 4.13 of MQTT 5; 1.5, 2,
// 4.8 of 3.1.1; and in each packet's own section what a client must not send.
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import { TestHub } from "../support/hub.ts";
import { fromHex, publishPacket } from "../support/mqtt-client.ts";
import { versions, type Version } from "../support/mqtt-versions.ts";

/** name, for 3.1.1 (null: no such thing there), for MQTT 5, the reason code of DISCONNECT. */
const wrong: [string, string | null, string, number][] = [
  ["ill-formed UTF-8 in a topic [MQTT-3.3.2-1] [MQTT3-3.3.2-1]", "30 04 00 02 c3 28", "30 05 00 02 c3 28 00", 0x81],
  [
    "a surrogate in a topic [not MQTT-1.5.4-1] [not MQTT3-1.5.3-1]",
    "30 05 00 03 ed a0 80",
    "30 06 00 03 ed a0 80 00",
    0x81,
  ],
  ["an overlong encoding in a topic [MQTT-1.5.4-1] [MQTT3-1.5.3-1]", "30 04 00 02 c0 af", "30 05 00 02 c0 af 00", 0x81],
  [
    "U+0000 in a topic [not MQTT-1.5.4-2] [not MQTT3-1.5.3-2] [not MQTT-4.7.3-2] [not MQTT3-4.7.3-2]",
    "30 05 00 03 61 00 62",
    "30 06 00 03 61 00 62 00",
    0x81,
  ],
  [
    "a surrogate in a user property [MQTT-1.5.7-1]",
    null,
    "30 10 00 01 61 0c 26 00 01 61 00 03 ed a0 80 26 00 00",
    0x81,
  ],
  ["a property length of too many bytes [MQTT-1.5.5-1]", null, "30 05 00 01 61 80 00", 0x81],
  ["a response topic of ill-formed UTF-8 [MQTT-3.3.2-13]", null, "30 08 00 01 61 04 08 00 01 ff", 0x81],
  ["a response topic with a wildcard [not MQTT-3.3.2-14]", null, "30 08 00 01 61 04 08 00 01 23", 0x82],
  ["a content type of ill-formed UTF-8 [MQTT-3.3.2-19]", null, "30 08 00 01 61 04 03 00 01 ff", 0x81],
  ["topic alias 0 [not MQTT-3.3.2-8]", null, "30 07 00 01 61 03 23 00 00", 0x94],
  ["topic alias 11 [not MQTT-3.3.2-9] [not MQTT-3.2.2-17]", null, "30 07 00 01 61 03 23 00 0b", 0x94],
  ["a subscription identifier in PUBLISH [not MQTT-3.3.4-6]", null, "30 06 00 01 61 02 0b 01", 0x82],
  ["QoS 3 [not MQTT-3.3.1-4] [not MQTT3-3.3.1-4]", "36 05 00 01 61 00 01", "36 06 00 01 61 00 01 00", 0x81],
  ["DUP at QoS 0 [MQTT-3.3.1-2]", null, "38 04 00 01 61 00", 0x81],
  ["packet id 0 in PUBLISH [MQTT-2.2.1-3] [MQTT3-2.3.1-1]", "32 05 00 01 61 00 00", "32 06 00 01 61 00 00 00", 0x82],
  [
    "packet id 0 in SUBSCRIBE [MQTT-2.2.1-3] [MQTT3-2.3.1-1]",
    "82 06 00 00 00 01 61 00",
    "82 07 00 00 00 00 01 61 00",
    0x81,
  ],
  [
    "packet id 0 in UNSUBSCRIBE [MQTT-2.2.1-3] [MQTT3-2.3.1-1]",
    "a2 05 00 00 00 01 61",
    "a2 06 00 00 00 00 01 61",
    0x81,
  ],
  ["flags in PUBACK [MQTT-2.1.3-1] [MQTT3-2.2.2-2]", "42 02 00 01", "42 02 00 01", 0x81],
  ["PUBREL without its flags [MQTT-3.6.1-1] [MQTT3-3.6.1-1]", "60 02 00 01", "60 02 00 01", 0x81],
  [
    "SUBSCRIBE without its flags [MQTT-3.8.1-1] [MQTT3-3.8.1-1]",
    "80 06 00 01 00 01 61 00",
    "80 07 00 01 00 00 01 61 00",
    0x81,
  ],
  [
    "UNSUBSCRIBE without its flags [MQTT-3.10.1-1] [MQTT3-3.10.1-1]",
    "a0 05 00 01 00 01 61",
    "a0 06 00 01 00 00 01 61",
    0x81,
  ],
  ["flags in PINGREQ [MQTT-2.1.3-1] [MQTT3-2.2.2-2]", "c1 00", "c1 00", 0x81],
  ["flags in DISCONNECT [MQTT-3.14.1-1] [MQTT3-3.14.1-1]", "e1 00", "e1 00", 0x81],
  ["flags in AUTH [MQTT-3.15.1-1]", null, "f1 00", 0x81],
  ["SUBSCRIBE without filters [MQTT-3.8.3-2] [MQTT3-3.8.3-3]", "82 02 00 01", "82 03 00 01 00", 0x82],
  ["UNSUBSCRIBE without filters [MQTT-3.10.3-2] [MQTT3-3.10.3-2]", "a2 02 00 01", "a2 03 00 01 00", 0x82],
  [
    "a filter of ill-formed UTF-8 [MQTT-3.8.3-1] [MQTT3-3.8.3-1]",
    "82 06 00 01 00 01 ff 00",
    "82 07 00 01 00 00 01 ff 00",
    0x81,
  ],
  [
    "a filter of ill-formed UTF-8 to unsubscribe [MQTT-3.10.3-1] [MQTT3-3.10.3-1]",
    "a2 05 00 01 00 01 ff",
    "a2 06 00 01 00 00 01 ff",
    0x81,
  ],
  [
    "reserved bits in subscription options [MQTT-3.8.3-5] [MQTT3-3.8.3-4]",
    "82 06 00 01 00 01 61 40",
    "82 07 00 01 00 00 01 61 40",
    0x81,
  ],
  ["a subscription of QoS 3 [MQTT3-3.8.3-4]", "82 06 00 01 00 01 61 03", "82 07 00 01 00 00 01 61 03", 0x82],
  [
    "no local on a shared subscription [not MQTT-3.8.3-4]",
    null,
    "82 10 00 01 00 00 0a 24 73 68 61 72 65 2f 67 2f 61 04",
    0x82,
  ],
  ["a packet that servers send [MQTT3-4.8.0-1]", "d0 00", "d0 00", 0x82],
];

describe.each(versions)("what is wrong, %s:", (_, protocolVersion: Version) => {
  const cases = wrong
    .map(([name, bytes4, bytes5, code]) => [name, protocolVersion === 4 ? bytes4 : bytes5, code] as const)
    .filter((one): one is readonly [string, string, number] => one[1] !== null);

  it.each(cases)(
    "%s ends the connection, and what follows in the frame is not handled [MQTT-4.13.1-1] [MQTT-4.13.2-1] [MQTT-3.14.4-2] [not MQTT-3.14.4-1] [MQTT3-4.8.0-1]",
    async (_unused, bytes, code) => {
      const hub = new TestHub();
      const watcher = await hub.app();
      await watcher.subscribe("late");
      const client = await hub.app({ protocolVersion });
      client.sendBytes(Buffer.concat([fromHex(bytes), client.encode(publishPacket("late", "x"))]));
      if (protocolVersion === 5) expect((await client.next("disconnect")).reasonCode).toBe(code);
      await client.expectClosed();
      expect(client.remainingHex()).toEqual([]);
      await watcher.expectNoPacket();
    },
  );

  it("a packet larger than the server takes ends the connection before its body came [not MQTT-3.2.2-15]", async () => {
    const hub = new TestHub();
    const client = await hub.app({ protocolVersion });
    client.sendBytes(fromHex("30 81 80 10"));
    if (protocolVersion === 5) expect((await client.next("disconnect")).reasonCode).toBe(0x95);
    await client.expectClosed();
  });

  it("our own failure ends the connection, the next one works [MQTT3-4.8.0-2]", async () => {
    const hub = new TestHub();
    const client = await hub.app({ protocolVersion });
    await runInDurableObject(hub.stub, (_unused, { storage }) => {
      storage.sql.exec("ALTER TABLE retained_messages RENAME TO away");
    });
    client.publish("a", "b", { qos: 1, retain: true });
    if (protocolVersion === 5) expect((await client.next("disconnect")).reasonCode).toBe(0x83);
    await client.expectClosed();
    expect(client.remainingHex()).toEqual([]);
    await runInDurableObject(hub.stub, (_unused, { storage }) => {
      storage.sql.exec("ALTER TABLE away RENAME TO retained_messages");
    });
    const next = await hub.app({ protocolVersion });
    next.publish("a", "b", { qos: 1, retain: true });
    await next.next("puback");
  });
});

describe("DISCONNECT of the server", () => {
  it("has a code of its table, and no session expiry [MQTT-3.14.2-1] [not MQTT-3.14.2-2]", async () => {
    const hub = new TestHub();
    const client = await hub.app({ properties: { sessionExpiryInterval: 100 } });
    client.sendBytes(fromHex("d0 00"));
    const disconnect = await client.next("disconnect");
    expect(disconnect.reasonCode).toBe(0x82);
    expect(disconnect.properties?.sessionExpiryInterval).toBeUndefined();
  });

  it("is never larger than the client takes [not MQTT-3.14.2-3] [not MQTT-3.1.2-24]", async () => {
    const hub = new TestHub();
    const client = await hub.app({ properties: { maximumPacketSize: 25 } });
    client.sendBytes(fromHex("d0 00"));
    expect((await client.nextBytes()).length).toBeLessThanOrEqual(25);
    await client.expectClosed();
  });
});

describe.each(versions)("what is unusual but allowed, %s:", (_, protocolVersion: Version) => {
  it("U+FEFF in topics is kept [not MQTT-1.5.4-3] [not MQTT3-1.5.3-3]", async () => {
    const hub = new TestHub();
    const client = await hub.app({ protocolVersion });
    await client.subscribe("#");
    client.publish("\uFEFFa\uFEFF", "x");
    const bytes = await client.nextBytes();
    expect([...bytes.subarray(2, 11)]).toEqual([0, 7, 0xef, 0xbb, 0xbf, 0x61, 0xef, 0xbb, 0xbf]);
  });
});

describe("PINGREQ", () => {
  it.each(versions)("is answered with PINGRESP, %s [MQTT-3.12.4-1] [MQTT3-3.12.4-1]", async (_, protocolVersion) => {
    const hub = new TestHub();
    const client = await hub.app({ protocolVersion });
    client.sendBytes(fromHex("c0 00"));
    expect(await client.nextHex()).toBe("d0 00");
  });
});
