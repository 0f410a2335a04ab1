// What PUBLISH must not say, one row a rule with the reason code that the server must give; and which of its properties
// are handed on.
import { describe, expect, it } from "vitest";
import { readHeader } from "../../src/protocols/mqtt/header.ts";
import { decodePublish, encodePublish } from "../../src/protocols/mqtt/publish.ts";
import { decode, frame, hex, refusal, text } from "./mqtt-wire.ts";
import type { RuleRow } from "./mqtt-wire.ts";

const topic = text("a/b");
const publish = (properties: string): Uint8Array =>
  frame(0x30, `${topic} ${hex(properties).length.toString(16).padStart(2, "0")} ${properties} 6869`);

const rules: RuleRow[] = [
  ["QoS 3 [not MQTT-3.3.1-4]", 5, frame(0x36, `${topic} 0001 00`), 0x81],
  ["QoS 3 in 3.1.1 [not MQTT3-3.3.1-4]", 4, frame(0x36, `${topic} 0001`), 0x81],
  ["DUP at QoS 0 [MQTT-3.3.1-2]", 5, frame(0x38, `${topic} 00`), 0x81],
  ["DUP at QoS 0 in 3.1.1 [MQTT3-3.3.1-2]", 4, frame(0x38, topic), 0x81],
  ["packet id 0 [MQTT-2.2.1-3]", 5, frame(0x32, `${topic} 0000 00`), 0x82],
  ["packet id 0 at QoS 2 [MQTT-2.2.1-3]", 5, frame(0x34, `${topic} 0000 00`), 0x82],
  ["packet id 0 in 3.1.1 [MQTT3-2.3.1-1]", 4, frame(0x34, `${topic} 0000`), 0x82],
  ["no packet id", 4, frame(0x32, topic), 0x81],
  ["half a packet id", 4, frame(0x32, `${topic} 00`), 0x81],
  ["no body", 4, frame(0x30, ""), 0x81],
  ["half a topic length", 5, frame(0x30, "00"), 0x81],
  ["a topic longer than the packet", 4, frame(0x30, "0004 612f62"), 0x81],
  ["a topic with + in 3.1.1 [not MQTT3-3.3.2-2] [not MQTT3-4.7.1-1]", 4, frame(0x30, text("a/+")), 0x81],
  ["a topic with + [not MQTT-3.3.2-2] [not MQTT-4.7.0-1]", 5, frame(0x30, `${text("a+")} 00`), 0x81],
  ["a topic with # [not MQTT-3.3.2-2] [not MQTT-4.7.0-1]", 5, frame(0x30, `${text("#")} 00`), 0x81],
  ["an empty topic in 3.1.1 [MQTT3-4.7.3-1]", 4, frame(0x30, "0000"), 0x81],
  ["an empty topic without alias [MQTT-4.7.3-1]", 5, frame(0x30, "0000 00"), 0x82],
  ["a topic with U+0000 in 3.1.1 [not MQTT3-4.7.3-2] [not MQTT3-1.5.3-2]", 4, frame(0x30, "0003 610062"), 0x81],
  ["a topic with U+0000 [not MQTT-4.7.3-2] [not MQTT-1.5.4-2]", 5, frame(0x30, "0003 610062 00"), 0x81],
  ["a long topic with U+0000 [not MQTT-1.5.4-2]", 5, frame(0x30, `${text(`${"a".repeat(60)}\0`)} 00`), 0x81],
  ["a topic with a surrogate in 3.1.1 [not MQTT3-1.5.3-1] [MQTT3-3.3.2-1]", 4, frame(0x30, "0003 eda080"), 0x81],
  ["a topic with a surrogate [not MQTT-1.5.4-1] [MQTT-3.3.2-1]", 5, frame(0x30, "0003 edbfbf 00"), 0x81],
  ["a topic with an overlong form [not MQTT-1.5.4-1]", 5, frame(0x30, "0002 c0af 00"), 0x81],
  ["a topic with half a character [not MQTT-1.5.4-1]", 5, frame(0x30, "0002 61c3 00"), 0x81],
  ["a topic beyond U+10FFFF [not MQTT-1.5.4-1]", 5, frame(0x30, "0004 f4908080 00"), 0x81],
  ["a topic with U+0001 in 3.1.1", 4, frame(0x30, "0003 610162"), 0x81],
  ["a topic with U+001F", 5, frame(0x30, "0003 611f62 00"), 0x81],
  ["a topic with U+007F", 5, frame(0x30, "0003 617f62 00"), 0x81],
  ["a topic with U+0080", 5, frame(0x30, "0002 c280 00"), 0x81],
  ["a topic with U+009F", 5, frame(0x30, "0002 c29f 00"), 0x81],
  ["a topic with U+FDD0", 5, frame(0x30, "0003 efb790 00"), 0x81],
  ["a topic with U+FFFF", 5, frame(0x30, "0003 efbfbf 00"), 0x81],
  ["a topic with U+10FFFF", 5, frame(0x30, "0004 f48fbfbf 00"), 0x81],
  ["topic alias 0 [not MQTT-3.3.2-8]", 5, publish("23 0000"), 0x94],
  ["topic alias twice", 5, publish("23 0001 23 0002"), 0x82],
  ["a subscription identifier [not MQTT-3.3.4-6]", 5, publish("0b 01"), 0x82],
  ["two subscription identifiers [not MQTT-3.3.4-6]", 5, publish("0b 01 0b 01"), 0x82],
  ["subscription identifier 0", 5, publish("0b 00"), 0x82],
  ["a subscription identifier in too many bytes [MQTT-1.5.5-1]", 5, publish("0b 8000"), 0x81],
  ["payload format 2", 5, publish("01 02"), 0x82],
  ["payload format twice", 5, publish("01 01 01 01"), 0x82],
  ["message expiry twice", 5, publish("02 00000001 02 00000001"), 0x82],
  ["a response topic with wildcards [not MQTT-3.3.2-14]", 5, publish(`08 ${text("a/#")}`), 0x82],
  ["an empty response topic [MQTT-4.7.3-1]", 5, publish("08 0000"), 0x82],
  ["a response topic of ill-formed UTF-8 [MQTT-3.3.2-13]", 5, publish("08 0001 ff"), 0x81],
  ["a response topic twice", 5, publish(`08 ${topic} 08 ${topic}`), 0x82],
  ["correlation data twice", 5, publish("09 0000 09 0000"), 0x82],
  ["a content type of ill-formed UTF-8 [MQTT-3.3.2-19]", 5, publish("03 0001 80"), 0x81],
  ["a content type twice", 5, publish("03 0000 03 0000"), 0x82],
  ["a user property with U+0000 [MQTT-1.5.7-1] [not MQTT-1.5.4-2]", 5, publish("26 0000 0001 00"), 0x81],
  ["a user property with U+0000 behind ü [not MQTT-1.5.4-2]", 5, publish("26 0003 c3bc00 0000"), 0x81],
  ["a user property of ill-formed UTF-8 [MQTT-1.5.7-1]", 5, publish("26 0001 ff 0000"), 0x81],
  ["a user property without value", 5, publish("26 0001 70"), 0x81],
  ["a property that does not exist", 5, publish("04 00"), 0x81],
  ["a property whose number has two bytes", 5, publish("80 01 01"), 0x81],
  ["a property that runs over its block", 5, frame(0x30, `${topic} 02 02 00000001`), 0x81],
  ["properties longer than the packet", 5, frame(0x30, `${topic} 05 23 0001`), 0x81],
  ["a property length in too many bytes [MQTT-1.5.5-1]", 5, frame(0x30, `${topic} 8000`), 0x81],
  ["a property length of five bytes [MQTT-1.5.5-1]", 5, frame(0x30, `${topic} 8080808001`), 0x81],
  ["no properties at all [MQTT-2.2.2-1]", 5, frame(0x30, topic), 0x81],
];

describe("PUBLISH is refused for", () =>
  it.each(rules)("%s (%i)", (_rule, version, bytes, reasonCode) => {
    expect(refusal(() => decode(bytes, version))).toMatchObject({ reasonCode, version: null });
  }));

it("refuses U+0000 and ill-formed UTF-8 wherever they stand [not MQTT-1.5.4-1] [not MQTT-1.5.4-2] [not MQTT3-1.5.3-1]", () => {
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

it.each([
  ["U+2A6D4, four bytes long [MQTT-1.5.4-1] [MQTT3-1.5.3-1]", "41 f0aa9b94", "A\u{2a6d4}"],
  ["U+FEFF, kept wherever it stands [not MQTT-1.5.4-3] [not MQTT3-1.5.3-3]", "efbbbf 61 efbbbf", "\uFEFFa\uFEFF"],
  ["a space", "61 20 62", "a b"],
  ["a slash alone, with empty levels around it", "2f", "/"],
  ["$ at its beginning", "24 74 65 73 74", "$test"],
])("reads a topic with %s", (_what, bytes, expected) => {
  const topicHex = `00${hex(bytes).length.toString(16).padStart(2, "0")} ${bytes}`;
  expect(decode(frame(0x30, topicHex), 4)).toMatchObject({ topic: expected });
  expect(decode(frame(0x30, `${topicHex} 00`), 5)).toMatchObject({ topic: expected });
});

it("reads and writes a topic of 65,535 bytes and writes none longer [not MQTT-4.7.3-3] [not MQTT3-4.7.3-3]", () => {
  const packet = { qos: 0, retain: false, dup: false, packetId: 0, expirySeconds: null } as const;
  const rest = { ...packet, payload: hex(""), properties: hex("") };
  for (const version of [4, 5] as const) {
    const longest = encodePublish({ ...rest, topicBytes: new Uint8Array(65_535).fill(0x61) }, version);
    expect(decode(longest, version)).toMatchObject({ topic: "a".repeat(65_535) });
    const longer = new Uint8Array(65_536).fill(0x61);
    expect(() => encodePublish({ ...rest, topicBytes: longer }, version)).toThrow(RangeError);
  }
});

it("reads an empty topic with an alias, and properties that hold control characters", () => {
  expect(decode(frame(0x30, "0000 03 23 0001"), 5)).toMatchObject({ topic: "", topicAlias: 1 });
  const properties = `03 ${text("a\r\nb")} 26 ${text("\t")} ${text("\u007f")}`;
  expect(decode(publish(properties), 5)).toMatchObject({ properties: hex(properties) });
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
