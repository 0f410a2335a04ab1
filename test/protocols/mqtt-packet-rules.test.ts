// What packets after CONNECT must not say, one row a rule. The number is the reason code that the server must give.
import { describe, expect, it } from "vitest";
import { readHeader } from "../../src/protocols/mqtt/header.ts";
import { decodePublish } from "../../src/protocols/mqtt/publish.ts";
import type { ProtocolVersion } from "../../src/protocols/mqtt/publish.ts";
import { connectReturnCode } from "../../src/protocols/mqtt/reason-codes.ts";
import { decode, frame, hex, refusal, text } from "./mqtt-wire.ts";

type Row = [rule: string, version: ProtocolVersion, bytes: Uint8Array, reasonCode: number];

const topic = text("a/b");
const publish = (properties: string): Uint8Array =>
  frame(0x30, `${topic} ${hex(properties).length.toString(16).padStart(2, "0")} ${properties} 6869`);

const headers: Row[] = [
  ["packet type 0", 5, hex("00 00"), 0x81],
  ["AUTH in 3.1.1", 4, hex("f0 00"), 0x81],
  ["flags in CONNECT [MQTT-2.1.3-1]", 5, hex("11 00"), 0x81],
  ["flags in PUBACK [MQTT-2.1.3-1]", 5, hex("42 02 00 01"), 0x81],
  ["PUBREL without its flags [MQTT-3.6.1-1]", 5, hex("60 02 00 01"), 0x81],
  ["SUBSCRIBE without its flags [MQTT-3.8.1-1]", 5, hex("80 05 00 01 00 01 61"), 0x81],
  ["UNSUBSCRIBE without its flags [MQTT-3.10.1-1]", 5, hex("a0 05 00 01 00 01 61"), 0x81],
  ["flags in PINGREQ [MQTT-2.1.3-1]", 4, hex("c1 00"), 0x81],
  ["flags in DISCONNECT [MQTT-3.14.1-1]", 5, hex("e1 00"), 0x81],
  ["flags in AUTH [MQTT-3.15.1-1]", 5, hex("f2 00"), 0x81],
  ["a remaining length of five bytes", 4, hex("30 ff ff ff ff 01"), 0x81],
  ["a remaining length in more bytes than needed [MQTT-1.5.5-1]", 5, hex("30 85 00 00 01 61 00 00"), 0x81],
];

const publishes: Row[] = [
  ["QoS 3 [MQTT-3.3.1-4]", 5, frame(0x36, `${topic} 0001 00`), 0x81],
  ["QoS 3 in 3.1.1 [MQTT-3.3.1-4]", 4, frame(0x36, `${topic} 0001`), 0x81],
  ["DUP at QoS 0 [MQTT-3.3.1-2]", 5, frame(0x38, `${topic} 00`), 0x81],
  ["DUP at QoS 0 in 3.1.1 [MQTT-3.3.1-2]", 4, frame(0x38, topic), 0x81],
  ["packet id 0 [MQTT-2.2.1-3]", 5, frame(0x32, `${topic} 0000 00`), 0x82],
  ["packet id 0 in 3.1.1 [MQTT-2.3.1-1]", 4, frame(0x34, `${topic} 0000`), 0x82],
  ["no packet id", 4, frame(0x32, topic), 0x81],
  ["half a packet id", 4, frame(0x32, `${topic} 00`), 0x81],
  ["no body", 4, frame(0x30, ""), 0x81],
  ["a topic longer than the packet", 4, frame(0x30, "0004 612f62"), 0x81],
  ["a topic with + [MQTT-3.3.2-2]", 4, frame(0x30, text("a/+")), 0x90],
  ["a topic with # [MQTT-3.3.2-2]", 5, frame(0x30, `${text("#")} 00`), 0x90],
  ["an empty topic [MQTT-4.7.3-1]", 4, frame(0x30, "0000"), 0x90],
  ["an empty topic without alias", 5, frame(0x30, "0000 00"), 0x82],
  ["a topic with U+0000 [MQTT-4.7.3-2]", 4, frame(0x30, "0003 610062"), 0x81],
  ["a long topic with U+0000 [MQTT-1.5.4-2]", 4, frame(0x30, text(`${"a".repeat(60)}\0`)), 0x81],
  ["a topic with a surrogate [MQTT-1.5.4-1]", 4, frame(0x30, "0003 eda080"), 0x81],
  ["a topic with an overlong form [MQTT-1.5.4-1]", 4, frame(0x30, "0002 c0af"), 0x81],
  ["a topic with half a character [MQTT-1.5.4-1]", 4, frame(0x30, "0002 61c3"), 0x81],
  ["a topic beyond U+10FFFF [MQTT-1.5.4-1]", 4, frame(0x30, "0004 f4908080"), 0x81],
  ["topic alias 0 [MQTT-3.3.2-8]", 5, publish("23 0000"), 0x94],
  ["topic alias twice", 5, publish("23 0001 23 0001"), 0x82],
  ["a subscription identifier [MQTT-3.3.4-6]", 5, publish("0b 01"), 0x82],
  ["subscription identifier 0", 5, publish("0b 00"), 0x82],
  ["payload format 2", 5, publish("01 02"), 0x82],
  ["payload format twice", 5, publish("01 01 01 01"), 0x82],
  ["message expiry twice", 5, publish("02 00000001 02 00000001"), 0x82],
  ["a response topic with wildcards [MQTT-3.3.2-14]", 5, publish(`08 ${text("a/#")}`), 0x82],
  ["an empty response topic [MQTT-4.7.3-1]", 5, publish("08 0000"), 0x82],
  ["a response topic of ill-formed UTF-8 [MQTT-3.3.2-13]", 5, publish("08 0001 ff"), 0x81],
  ["a response topic twice", 5, publish(`08 ${topic} 08 ${topic}`), 0x82],
  ["correlation data twice", 5, publish("09 0000 09 0000"), 0x82],
  ["a content type of ill-formed UTF-8 [MQTT-3.3.2-19]", 5, publish("03 0001 80"), 0x81],
  ["a content type twice", 5, publish("03 0000 03 0000"), 0x82],
  ["a user property with U+0000 [MQTT-1.5.4-2]", 5, publish("26 0000 0001 00"), 0x81],
  ["a user property of ill-formed UTF-8 [MQTT-1.5.7-1]", 5, publish("26 0001 ff 0000"), 0x81],
  ["a property of SUBACK", 5, publish("1f 0000"), 0x81],
  ["a property that does not exist", 5, publish("04 00"), 0x81],
  ["a property that runs over its block", 5, frame(0x30, `${topic} 02 02 00000001`), 0x81],
  ["properties longer than the packet", 5, frame(0x30, `${topic} 05 23 0001`), 0x81],
  ["no properties at all", 5, frame(0x30, topic), 0x81],
];

const subscribes: Row[] = [
  ["no filter [MQTT-3.8.3-2]", 5, frame(0x82, "0001 00"), 0x82],
  ["no filter in 3.1.1 [MQTT-3.8.3-3]", 4, frame(0x82, "0001"), 0x82],
  ["packet id 0 [MQTT-2.2.1-3]", 5, frame(0x82, `0000 00 ${topic} 00`), 0x82],
  ["a filter without options", 4, frame(0x82, `0001 ${topic}`), 0x81],
  ["a byte left over", 4, frame(0x82, `0001 ${topic} 00 00`), 0x81],
  ["an empty filter [MQTT-4.7.3-1]", 4, frame(0x82, "0001 0000 00"), 0x81],
  ["a filter of ill-formed UTF-8 [MQTT-3.8.3-1]", 5, frame(0x82, "0001 00 0001 ff 00"), 0x81],
  ["a filter with U+0000 [MQTT-4.7.3-2]", 5, frame(0x82, "0001 00 0001 00 00"), 0x81],
  ["reserved bit 7 [MQTT-3.8.3-5]", 5, frame(0x82, `0001 00 ${topic} 80`), 0x81],
  ["reserved bit 6 [MQTT-3.8.3-5]", 5, frame(0x82, `0001 00 ${topic} 40`), 0x81],
  ["reserved bit 2 in 3.1.1 [MQTT-3.8.3-4]", 4, frame(0x82, `0001 ${topic} 04`), 0x81],
  ["QoS 3", 5, frame(0x82, `0001 00 ${topic} 03`), 0x82],
  ["QoS 3 in 3.1.1 [MQTT-3.8.3-4]", 4, frame(0x82, `0001 ${topic} 03`), 0x81],
  ["retain handling 3", 5, frame(0x82, `0001 00 ${topic} 30`), 0x82],
  ["no-local on a shared subscription [MQTT-3.8.3-4]", 5, frame(0x82, `0001 00 ${text("$share/g/a")} 04`), 0x82],
  ["subscription identifier 0", 5, frame(0x82, `0001 02 0b 00 ${topic} 00`), 0x82],
  ["subscription identifier twice", 5, frame(0x82, `0001 04 0b 01 0b 02 ${topic} 00`), 0x82],
  ["a subscription identifier of five bytes", 5, frame(0x82, `0001 06 0b ffffffff01 ${topic} 00`), 0x81],
  ["a subscription identifier in too many bytes [MQTT-1.5.5-1]", 5, frame(0x82, `0001 03 0b 8100 ${topic} 00`), 0x81],
  ["a reason string", 5, frame(0x82, `0001 03 1f 0000 ${topic} 00`), 0x81],
];

const others: Row[] = [
  ["UNSUBSCRIBE without filter [MQTT-3.10.3-2]", 5, frame(0xa2, "0001 00"), 0x82],
  ["UNSUBSCRIBE without filter in 3.1.1 [MQTT-3.10.3-2]", 4, frame(0xa2, "0001"), 0x82],
  ["UNSUBSCRIBE with packet id 0 [MQTT-2.2.1-3]", 4, frame(0xa2, `0000 ${topic}`), 0x82],
  ["UNSUBSCRIBE with an empty filter [MQTT-4.7.3-1]", 5, frame(0xa2, "0001 00 0000"), 0x81],
  ["UNSUBSCRIBE with a byte left over", 4, frame(0xa2, `0001 ${topic} 00`), 0x81],
  ["UNSUBSCRIBE with ill-formed UTF-8 [MQTT-3.10.3-1]", 5, frame(0xa2, "0001 00 0001 ff"), 0x81],
  ["UNSUBSCRIBE with a subscription identifier", 5, frame(0xa2, `0001 02 0b 01 ${topic}`), 0x81],
  ["PUBACK without packet id", 4, frame(0x40, ""), 0x81],
  ["PUBACK with packet id 0", 4, frame(0x40, "0000"), 0x82],
  ["PUBACK with a reason code in 3.1.1", 4, frame(0x40, "0001 00"), 0x81],
  ["PUBACK with another packet's reason code [MQTT-3.4.2-1]", 5, frame(0x40, "0001 92"), 0x82],
  ["PUBREC with another packet's reason code [MQTT-3.5.2-1]", 5, frame(0x50, "0001 01"), 0x82],
  ["PUBREL with another packet's reason code [MQTT-3.6.2-1]", 5, frame(0x62, "0001 10"), 0x82],
  ["PUBCOMP with another packet's reason code [MQTT-3.7.2-1]", 5, frame(0x70, "0001 80"), 0x82],
  ["PUBACK with two reason strings", 5, frame(0x40, "0001 00 06 1f 0000 1f 0000"), 0x82],
  ["PUBACK with a property of PUBLISH", 5, frame(0x40, "0001 00 02 01 01"), 0x81],
  ["PUBACK with bytes left over", 5, frame(0x40, "0001 00 00 00"), 0x81],
  ["PINGREQ with a body", 4, frame(0xc0, "00"), 0x81],
  ["DISCONNECT with a body in 3.1.1", 4, frame(0xe0, "00"), 0x81],
  ["DISCONNECT with a server's reason code [MQTT-3.14.2-1]", 5, frame(0xe0, "8b"), 0x82],
  ["DISCONNECT with a server reference", 5, frame(0xe0, "00 03 1c 0000"), 0x82],
  ["DISCONNECT with session expiry twice", 5, frame(0xe0, "00 0a 11 00000001 11 00000001"), 0x82],
  ["DISCONNECT with bytes left over", 5, frame(0xe0, "00 00 00"), 0x81],
  ["AUTH with success, which only a server sends [MQTT-3.15.2-1]", 5, frame(0xf0, ""), 0x82],
  ["AUTH without method", 5, frame(0xf0, "18 00"), 0x82],
  ["AUTH with bytes left over", 5, frame(0xf0, `18 04 15 ${text("x")} 00`), 0x81],
];

const refused = (_rule: string, version: ProtocolVersion, bytes: Uint8Array, reasonCode: number): void => {
  expect(refusal(() => decode(bytes, version))).toMatchObject({ reasonCode, version: null });
};

describe("a header is refused for", () => it.each(headers)("%s (%i)", refused));
describe("PUBLISH is refused for", () => it.each(publishes)("%s (%i)", refused));
describe("SUBSCRIBE is refused for", () => it.each(subscribes)("%s (%i)", refused));
describe("refused is", () => it.each(others)("%s (%i)", refused));

it("refuses U+0000 and ill-formed UTF-8 wherever they stand in a string [MQTT-1.5.4-1] [MQTT-1.5.4-2]", () => {
  for (const length of [1, 4, 7, 24, 25, 60]) {
    for (let at = 0; at < length; at++) {
      for (const bad of [0x00, 0x80, 0xff]) {
        const bytes = Uint8Array.of(0x30, 2 + length, 0, length, ...new Uint8Array(length).fill(0x61));
        bytes[4 + at] = bad;
        expect(refusal(() => decode(bytes, 4)).reasonCode).toBe(0x81);
        const property = Uint8Array.of(0x30, 7 + length, 0, 1, 0x61, 3 + length, 0x03, ...bytes.subarray(2));
        expect(refusal(() => decode(property, 5)).reasonCode).toBe(0x81);
      }
    }
  }
});

describe("a header", () => {
  it("is refused as soon as its bytes show why, before the body is there", () => {
    expect(refusal(() => readHeader(hex("00"), 0, 100)).reasonCode).toBe(0x81);
    expect(refusal(() => readHeader(hex("60"), 0, 100)).reasonCode).toBe(0x81);
    expect(refusal(() => readHeader(hex("30 80 80 80 80"), 0, 100)).reasonCode).toBe(0x81);
    expect(readHeader(hex("30 80 80 80"), 0, 100)).toBeNull();
    expect(refusal(() => readHeader(hex("30 63"), 0, 100)).reasonCode).toBe(0x95);
  });

  it("counts toward the largest packet", () => {
    const packet = Uint8Array.of(0x30, 98, ...new Uint8Array(98));
    expect(readHeader(packet, 0, 100)).toEqual({ type: 3, flags: 0, bodyStart: 2, end: 100 });
    expect(refusal(() => readHeader(packet, 0, 99)).reasonCode).toBe(0x95);
  });

  it("may have the longest remaining length", () => {
    expect(readHeader(hex("30 ff ff ff 7f"), 0, 268_435_460)).toBeNull();
    expect(refusal(() => readHeader(hex("30 ff ff ff 7f"), 0, 268_435_459)).reasonCode).toBe(0x95);
  });

  it("may have a longer remaining length than needed in 3.1.1, which does not forbid it", () => {
    expect(readHeader(hex("c0 80 00"), 0, 100, 4)).toEqual({ type: 12, flags: 0, bodyStart: 3, end: 3 });
  });
});

function forwarded(properties: string): { bytes: Uint8Array; kept: Uint8Array } {
  const bytes = publish(properties);
  const header = readHeader(bytes, 0, 200, 5);
  if (header === null) throw new Error("incomplete");
  return { bytes, kept: decodePublish(bytes, header, 5).properties };
}

describe("properties to forward", () => {
  it.each([
    ["nothing to cut", "01 01 03 0000", "01 01 03 0000"],
    ["expiry first", "02 00000001 01 01", "01 01"],
    ["alias last", "01 01 23 0001", "01 01"],
    ["both at the ends", "23 0001 01 01 02 00000001", "01 01"],
    ["both first", "23 0001 02 00000001 01 01", "01 01"],
    ["both last", "01 01 02 00000001 23 0001", "01 01"],
    ["nothing to keep", "02 00000001 23 0001", ""],
  ])("are a view with %s", (_case, properties, expected) => {
    const { bytes, kept } = forwarded(properties);
    expect(kept).toEqual(hex(expected));
    if (expected !== "") expect(kept.buffer).toBe(bytes.buffer);
  });

  it.each([
    ["one in the middle", "01 01 02 00000001 03 0000", "01 01 03 0000"],
    ["both in the middle", "01 01 02 00000001 03 0000 23 0001 09 0001ff", "01 01 03 0000 09 0001ff"],
    ["one first, one in the middle", "23 0001 01 01 02 00000001 03 0000", "01 01 03 0000"],
  ])("are put together with %s", (_case, properties, expected) => {
    expect(forwarded(properties).kept).toEqual(hex(expected));
  });
});

it.each([
  [0x00, 0],
  [0x84, 1],
  [0x85, 2],
  [0x88, 3],
  [0x86, 4],
  [0x87, 5],
  [0x95, 3],
])("turns reason code %i into return code %i of 3.1.1", (code, returnCode) => {
  expect(connectReturnCode(code)).toBe(returnCode);
});
