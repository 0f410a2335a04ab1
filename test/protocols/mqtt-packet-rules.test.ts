// What packets besides CONNECT and PUBLISH must not say, one row a rule. The number is the reason code that the server
// must give.
import { describe, expect, it } from "vitest";
import { connectReturnCode } from "../../src/protocols/mqtt/reason-codes.ts";
import { decode, frame, refusal, text } from "./mqtt-wire.ts";
import type { RuleRow } from "./mqtt-wire.ts";

const topic = text("a/b");
/** A SUBSCRIBE of MQTT 5 to one filter, with options in hex. */
const subscribe = (filter: string, options = "00"): Uint8Array => frame(0x82, `0001 00 ${text(filter)} ${options}`);

const subscribes: RuleRow[] = [
  ["no filter [MQTT-3.8.3-2]", 5, frame(0x82, "0001 00"), 0x82],
  ["no filter in 3.1.1 [MQTT3-3.8.3-3]", 4, frame(0x82, "0001"), 0x82],
  ["no properties [MQTT-2.2.2-1]", 5, frame(0x82, "0001"), 0x81],
  ["half a packet id", 5, frame(0x82, "00"), 0x81],
  ["packet id 0 [MQTT-2.2.1-3]", 5, frame(0x82, `0000 00 ${topic} 00`), 0x81],
  ["packet id 0 in 3.1.1 [MQTT3-2.3.1-1]", 4, frame(0x82, `0000 ${topic} 00`), 0x81],
  ["a filter without options in 3.1.1 [MQTT3-3.8.3-3]", 4, frame(0x82, `0001 ${topic}`), 0x81],
  ["a filter without options", 5, frame(0x82, `0001 00 ${topic}`), 0x81],
  ["a byte left over in 3.1.1", 4, frame(0x82, `0001 ${topic} 00 00`), 0x81],
  ["a byte left over", 5, frame(0x82, `0001 00 ${topic} 00 00`), 0x81],
  ["an empty filter in 3.1.1 [MQTT3-4.7.3-1]", 4, frame(0x82, "0001 0000 00"), 0x81],
  ["an empty filter behind another [MQTT-4.7.3-1]", 5, frame(0x82, `0001 00 ${topic} 00 0000 00`), 0x81],
  ["a filter of ill-formed UTF-8 in 3.1.1 [MQTT3-3.8.3-1]", 4, frame(0x82, "0001 0001 ff 00"), 0x81],
  ["a filter of ill-formed UTF-8 [MQTT-3.8.3-1]", 5, frame(0x82, "0001 00 0001 ff 00"), 0x81],
  ["a filter with U+0000 in 3.1.1 [not MQTT3-4.7.3-2]", 4, frame(0x82, "0001 0001 00 00"), 0x81],
  ["a filter with U+0000 [not MQTT-4.7.3-2]", 5, frame(0x82, "0001 00 0001 00 00"), 0x81],
  ["a filter with U+0001", 5, frame(0x82, "0001 00 0001 01 00"), 0x81],
  ["# before the end [MQTT-4.7.1-1]", 5, subscribe("a/#/b"), 0x81],
  ["# within a level [MQTT-4.7.1-1]", 5, subscribe("a/b#"), 0x81],
  ["# before the end in 3.1.1 [MQTT3-4.7.1-2] [MQTT3-4.8.0-1]", 4, frame(0x82, `0001 ${text("#/a")} 00`), 0x81],
  ["+ within a level [MQTT-4.7.1-2]", 5, subscribe("a/b+"), 0x81],
  ["+ within a level in 3.1.1 [MQTT3-4.7.1-3] [MQTT3-4.8.0-1]", 4, frame(0x82, `0001 ${text("+b")} 00`), 0x81],
  ["reserved bit 7 [MQTT-3.8.3-5]", 5, subscribe("a", "80"), 0x81],
  ["reserved bit 6 [MQTT-3.8.3-5]", 5, subscribe("a", "40"), 0x81],
  ["reserved bit 2 in 3.1.1 [MQTT3-3.8.3-4]", 4, frame(0x82, `0001 ${topic} 04`), 0x81],
  ["reserved bit 7 in 3.1.1 [MQTT3-3.8.3-4]", 4, frame(0x82, `0001 ${topic} 80`), 0x81],
  ["QoS 3", 5, subscribe("a", "03"), 0x82],
  ["QoS 3 in 3.1.1 [MQTT3-3.8.3-4]", 4, frame(0x82, `0001 ${topic} 03`), 0x81],
  ["retain handling 3", 5, subscribe("a", "30"), 0x82],
  ["no-local on a shared subscription [not MQTT-3.8.3-4]", 5, subscribe("$share/g/a", "04"), 0x82],
  ["a share without name [MQTT-4.8.2-1]", 5, subscribe("$share//a"), 0x82],
  ["a share without anything [MQTT-4.8.2-1]", 5, subscribe("$share/"), 0x82],
  ["a share without slash behind the name [not MQTT-4.8.2-2]", 5, subscribe("$share/g"), 0x82],
  ["a share without filter [not MQTT-4.8.2-2]", 5, subscribe("$share/g/"), 0x82],
  ["a share with + in its name [not MQTT-4.8.2-2]", 5, subscribe("$share/+/a"), 0x82],
  ["a share with # in its name [not MQTT-4.8.2-2]", 5, subscribe("$share/#/a"), 0x81],
  ["a share with a wrong filter [MQTT-4.7.1-1]", 5, subscribe("$share/g/a#"), 0x81],
  ["subscription identifier 0", 5, frame(0x82, `0001 02 0b 00 ${topic} 00`), 0x82],
  ["subscription identifier twice", 5, frame(0x82, `0001 04 0b 01 0b 02 ${topic} 00`), 0x82],
  ["a subscription identifier of five bytes", 5, frame(0x82, `0001 06 0b ffffffff01 ${topic} 00`), 0x81],
  ["a subscription identifier in too many bytes [MQTT-1.5.5-1]", 5, frame(0x82, `0001 03 0b 8100 ${topic} 00`), 0x81],
  ["half a user property", 5, frame(0x82, `0001 04 26 0001 70 ${topic} 00`), 0x81],
];

const others: RuleRow[] = [
  ["UNSUBSCRIBE without filter [MQTT-3.10.3-2]", 5, frame(0xa2, "0001 00"), 0x82],
  ["UNSUBSCRIBE without filter in 3.1.1 [MQTT3-3.10.3-2]", 4, frame(0xa2, "0001"), 0x82],
  ["UNSUBSCRIBE without properties [MQTT-2.2.2-1]", 5, frame(0xa2, "0001"), 0x81],
  ["UNSUBSCRIBE with packet id 0 [MQTT-2.2.1-3]", 5, frame(0xa2, `0000 00 ${topic}`), 0x81],
  ["UNSUBSCRIBE with packet id 0 in 3.1.1 [MQTT3-2.3.1-1]", 4, frame(0xa2, `0000 ${topic}`), 0x81],
  ["UNSUBSCRIBE with an empty filter [MQTT-4.7.3-1]", 5, frame(0xa2, `0001 00 ${topic} 0000`), 0x81],
  ["UNSUBSCRIBE with an empty filter in 3.1.1 [MQTT3-4.7.3-1]", 4, frame(0xa2, "0001 0000"), 0x81],
  ["UNSUBSCRIBE with a misplaced wildcard [MQTT-4.7.1-1]", 5, frame(0xa2, `0001 00 ${text("#/a")}`), 0x81],
  ["UNSUBSCRIBE with a misplaced wildcard in 3.1.1 [MQTT3-4.7.1-2]", 4, frame(0xa2, `0001 ${text("a#")}`), 0x81],
  ["UNSUBSCRIBE with a byte left over", 4, frame(0xa2, `0001 ${topic} 00`), 0x81],
  ["UNSUBSCRIBE with ill-formed UTF-8 [MQTT-3.10.3-1]", 5, frame(0xa2, "0001 00 0001 ff"), 0x81],
  ["UNSUBSCRIBE with ill-formed UTF-8 in 3.1.1 [MQTT3-3.10.3-1]", 4, frame(0xa2, "0001 0001 ff"), 0x81],
  ["UNSUBSCRIBE with U+009F", 5, frame(0xa2, "0001 00 0002 c29f"), 0x81],
  ["PUBACK without packet id", 4, frame(0x40, ""), 0x81],
  ["PUBACK with half a packet id", 5, frame(0x40, "01"), 0x81],
  ["PUBACK with packet id 0", 5, frame(0x40, "0000"), 0x82],
  ["PUBREL with packet id 0 in 3.1.1", 4, frame(0x62, "0000"), 0x82],
  ["PUBACK with a reason code in 3.1.1", 4, frame(0x40, "0001 00"), 0x81],
  ["PUBREC with a reason code in 3.1.1", 4, frame(0x50, "0001 00"), 0x81],
  ["PUBREL with a reason code in 3.1.1", 4, frame(0x62, "0001 00"), 0x81],
  ["PUBCOMP with a reason code in 3.1.1", 4, frame(0x70, "0001 00"), 0x81],
  ["PUBACK with another packet's reason code [MQTT-3.4.2-1]", 5, frame(0x40, "0001 92"), 0x82],
  ["PUBACK with an unknown reason code [MQTT-3.4.2-1]", 5, frame(0x40, "0001 ff 00"), 0x82],
  ["PUBREC with another packet's reason code [MQTT-3.5.2-1]", 5, frame(0x50, "0001 01"), 0x82],
  ["PUBREL with another packet's reason code [MQTT-3.6.2-1]", 5, frame(0x62, "0001 10"), 0x82],
  ["PUBCOMP with another packet's reason code [MQTT-3.7.2-1]", 5, frame(0x70, "0001 80"), 0x82],
  ["PUBACK with two reason strings", 5, frame(0x40, "0001 00 06 1f 0000 1f 0000"), 0x82],
  ["PUBACK with half a reason string", 5, frame(0x40, "0001 00 02 1f 00"), 0x81],
  ["PUBACK with properties that are missing", 5, frame(0x40, "0001 00 01"), 0x81],
  ["PUBACK with bytes left over", 5, frame(0x40, "0001 00 00 00"), 0x81],
  ["PINGREQ with a body", 4, frame(0xc0, "00"), 0x81],
  ["DISCONNECT with a body in 3.1.1", 4, frame(0xe0, "00"), 0x81],
  ["DISCONNECT with session expiry twice", 5, frame(0xe0, "00 0a 11 00000001 11 00000001"), 0x82],
  ["DISCONNECT with half a session expiry", 5, frame(0xe0, "00 03 11 0000"), 0x81],
  ["DISCONNECT with bytes left over", 5, frame(0xe0, "00 00 00"), 0x81],
  ["AUTH with success, which only a server sends [MQTT-3.15.2-1]", 5, frame(0xf0, ""), 0x82],
  ["AUTH with an unknown reason code [MQTT-3.15.2-1]", 5, frame(0xf0, `01 04 15 ${text("x")}`), 0x82],
  ["AUTH without method", 5, frame(0xf0, "18 00"), 0x82],
  ["AUTH with bytes left over", 5, frame(0xf0, `18 04 15 ${text("x")} 00`), 0x81],
];

const refused = (...[, version, bytes, reasonCode]: RuleRow): void => {
  expect(refusal(() => decode(bytes, version))).toMatchObject({ reasonCode, version: null });
};

describe("SUBSCRIBE is refused for", () => it.each(subscribes)("%s (%i)", refused));
describe("refused is", () => it.each(others)("%s (%i)", refused));

it("accepts wildcards as whole levels [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT3-4.7.1-2] [MQTT3-4.7.1-3]", () => {
  for (const topicFilter of ["#", "+", "a/#", "+/a/+", "/+", "+/#", "a//#", "$SYS/#", "$share", "$shared/a"]) {
    expect(decode(subscribe(topicFilter), 5)).toMatchObject({ subscriptions: [{ topicFilter }] });
    expect(decode(frame(0x82, `0001 ${text(topicFilter)} 00`), 4)).toMatchObject({ subscriptions: [{ topicFilter }] });
  }
});

it("knows of no shared subscriptions in 3.1.1: a filter that begins with $share/ is like any other", () => {
  expect(decode(frame(0x82, `0001 ${text("$share/g")} 00`), 4)).toMatchObject({
    subscriptions: [{ topicFilter: "$share/g" }],
  });
});

it.each([0x01, 0x8b, 0x8e, 0x9c, 0xff])(
  "takes DISCONNECT for what it is whatever its reason code: %i",
  (reasonCode) => {
    expect(decode(Uint8Array.of(0xe0, 1, reasonCode), 5)).toEqual({ reasonCode, sessionExpirySeconds: null });
  },
);

it("overlooks a server reference in DISCONNECT", () => {
  expect(decode(frame(0xe0, "00 03 1c 0000"), 5)).toEqual({ reasonCode: 0, sessionExpirySeconds: null });
});

it.each([
  ["PUBACK", 0x40],
  ["PUBREC", 0x50],
  ["PUBREL", 0x62],
  ["PUBCOMP", 0x70],
])("%s of 5 may end behind the packet id, the reason code or the property length", (_name, first) => {
  for (const body of ["0007", "0007 00", "0007 00 00", `0007 00 07 26 ${text("p")} ${text("q")}`]) {
    expect(decode(frame(first, body), 5)).toEqual({ packetId: 7, reasonCode: 0 });
  }
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
