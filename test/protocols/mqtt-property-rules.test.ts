// Every property in every packet that a client sends, as the table of MQTT 5.0 §2.2.2.2 has them: alone, twice, cut short.
import { describe, expect, it } from "vitest";
import { decode, frame, hex, refusal, text } from "./mqtt-wire.ts";

const length = (block: string): string => hex(block).length.toString(16).padStart(2, "0");
const connect = (flags: string, rest: string): Uint8Array => frame(0x10, `${text("MQTT")} 05 ${flags} 003c ${rest}`);

/** A packet around a block of properties, by the name it has in the table. */
const carriers: Record<string, (block: string) => Uint8Array> = {
  CONNECT: (block) => connect("02", `${length(block)} ${block} 0000`),
  will: (block) => connect("06", `00 0000 ${length(block)} ${block} ${text("w")} 0000`),
  PUBLISH: (block) => frame(0x30, `${text("t")} ${length(block)} ${block}`),
  PUBACK: (block) => frame(0x40, `0001 00 ${length(block)} ${block}`),
  PUBREC: (block) => frame(0x50, `0001 00 ${length(block)} ${block}`),
  PUBREL: (block) => frame(0x62, `0001 00 ${length(block)} ${block}`),
  PUBCOMP: (block) => frame(0x70, `0001 00 ${length(block)} ${block}`),
  SUBSCRIBE: (block) => frame(0x82, `0001 ${length(block)} ${block} ${text("f")} 00`),
  UNSUBSCRIBE: (block) => frame(0xa2, `0001 ${length(block)} ${block} ${text("f")}`),
  DISCONNECT: (block) => frame(0xe0, `00 ${length(block)} ${block}`),
  AUTH: (block) => frame(0xf0, `18 ${length(block)} ${block}`),
};

const everywhere = Object.keys(carriers);
const answers = ["PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "DISCONNECT", "AUTH"];
const messages = ["PUBLISH", "will"];

/** The properties with a value, and the packets of clients that may carry them; CONNACK's own may be in none. */
const properties: [name: string, block: string, allowed: string[]][] = [
  ["payload format indicator", "01 01", messages],
  ["message expiry interval", "02 00000001", messages],
  ["content type", `03 ${text("c")}`, messages],
  ["response topic", `08 ${text("r")}`, messages],
  ["correlation data", "09 0001 ff", messages],
  ["subscription identifier", "0b 01", ["SUBSCRIBE"]],
  ["session expiry interval", "11 00000001", ["CONNECT", "DISCONNECT"]],
  ["assigned client identifier", `12 ${text("i")}`, []],
  ["server keep alive", "13 0001", []],
  ["authentication method", `15 ${text("m")}`, ["CONNECT", "AUTH"]],
  ["authentication data", "16 0001 ff", ["CONNECT", "AUTH"]],
  ["request problem information", "17 01", ["CONNECT"]],
  ["will delay interval", "18 00000001", ["will"]],
  ["request response information", "19 01", ["CONNECT"]],
  ["response information", `1a ${text("i")}`, []],
  ["server reference", `1c ${text("s")}`, ["DISCONNECT"]],
  ["reason string", `1f ${text("r")}`, answers],
  ["receive maximum", "21 0001", ["CONNECT"]],
  ["topic alias maximum", "22 0001", ["CONNECT"]],
  ["topic alias", "23 0001", ["PUBLISH"]],
  ["maximum QoS", "24 01", []],
  ["retain available", "25 01", []],
  ["user property", `26 ${text("k")} ${text("v")}`, everywhere],
  ["maximum packet size", "27 00000001", ["CONNECT"]],
  ["wildcard subscription available", "28 01", []],
  ["subscription identifier available", "29 01", []],
  ["shared subscription available", "2a 01", []],
];

const method = `15 ${text("m")}`;
/** AUTH needs a method, and in CONNECT the data does. */
function packetWith(carrier: string, id: string, block: string): Uint8Array {
  const needsMethod = (carrier === "AUTH" && id !== "15") || (carrier === "CONNECT" && id === "16");
  return carriers[carrier]!(needsMethod ? `${method} ${block}` : block);
}

const cases = properties.flatMap(([name, block, allowed]) =>
  everywhere.map((carrier) => ({ name, block, carrier, id: block.slice(0, 2), isAllowed: allowed.includes(carrier) })),
);
/** In a client's PUBLISH the subscription identifier is refused for what it says, not for where it stands. */
const inPublish = cases.filter(({ id, carrier }) => id === "0b" && carrier === "PUBLISH");
const allowed = cases.filter(({ isAllowed }) => isAllowed);
const misplaced = cases.filter((each) => !each.isAllowed && !inPublish.includes(each));

describe("a property", () => {
  it.each(allowed)("is read: $name in $carrier", ({ carrier, id, block }) => {
    expect(decode(packetWith(carrier, id, block), 5)).toBeTypeOf("object");
  });

  it.each(misplaced)("is malformed where it does not belong: $name in $carrier", ({ carrier, id, block }) => {
    expect(refusal(() => decode(packetWith(carrier, id, block), 5)).reasonCode).toBe(0x81);
  });

  it.each(allowed)("is malformed without its whole value: $name in $carrier", ({ carrier, id, block }) => {
    const whole = block.replaceAll(/\s/g, "");
    for (let end = 2; end < whole.length; end += 2) {
      expect(refusal(() => decode(packetWith(carrier, id, whole.slice(0, end)), 5)).reasonCode).toBe(0x81);
    }
  });

  it.each(allowed)("occurs once, but for user properties: $name in $carrier", ({ carrier, id, block }) => {
    const packet = packetWith(carrier, id, `${block} ${block}`);
    if (id === "26") expect(decode(packet, 5)).toBeTypeOf("object");
    else expect(refusal(() => decode(packet, 5)).reasonCode).toBe(0x82);
  });

  it("that is a subscription identifier is for servers to send in PUBLISH [not MQTT-3.3.4-6]", () => {
    for (const { carrier, id, block } of inPublish) {
      expect(refusal(() => decode(packetWith(carrier, id, block), 5)).reasonCode).toBe(0x82);
    }
    expect(inPublish).toHaveLength(1);
  });

  it("is malformed if MQTT has none of its number", () => {
    const known = new Set(properties.map(([, block]) => Number.parseInt(block.slice(0, 2), 16)));
    for (let id = 0; id < 256; id++) {
      if (known.has(id)) continue;
      const block = `${id.toString(16).padStart(2, "0")} 01 00 00 00`;
      for (const carrier of everywhere) {
        expect(refusal(() => decode(packetWith(carrier, "", block), 5)).reasonCode).toBe(0x81);
      }
    }
  });
});
