// How a CONNECT is refused: in the form its version reads, and never larger than the client takes.
import { expect, it } from "vitest";
import { malformed, MqttError } from "../../src/protocols/mqtt/mqtt-error.ts";
import { encodeRefusal } from "../../src/protocols/mqtt/refusal.ts";
import { hex } from "./mqtt-wire.ts";

const error = (reasonCode: number, version: 4 | 5 | null, limit: number | null = null): MqttError =>
  new MqttError(reasonCode, "no", version, limit);

it.each([
  ["another level of MQTT 3.1.1 [MQTT3-3.1.2-2]", error(0x84, 4), "20 02 00 01"],
  ["a client id of 3.1.1 [MQTT3-3.1.3-9]", error(0x85, 4), "20 02 00 02"],
  ["credentials of 3.1.1", error(0x86, 4), "20 02 00 04"],
  ["rights of 3.1.1", error(0x87, 4), "20 02 00 05"],
  ["another level [MQTT-3.1.2-2]", error(0x84, 5), "20 08 00 84 05 1f 00 02 6e 6f"],
  ["a malformed packet of 5", error(0x81, 5), "20 03 00 81 00"],
])("CONNACK refuses %s", (_what, refused, bytes) => {
  expect(encodeRefusal(refused)).toEqual(hex(bytes));
});

it("says nothing to what is malformed in 3.1.1 or of no known version [MQTT3-3.1.4-1] [MQTT3-3.2.2-6]", () => {
  expect(encodeRefusal(error(0x81, 4))).toBeNull();
  expect(encodeRefusal(error(0x82, 4))).toBeNull();
  expect(encodeRefusal(malformed("no"))).toBeNull();
});

it("leaves out the reason string, or all of it, where the client takes no more [not MQTT-3.2.2-19] [not MQTT-3.1.2-24]", () => {
  const full = hex("20 08 00 86 05 1f 00 02 6e 6f");
  expect(encodeRefusal(error(0x86, 5, 10))).toEqual(full);
  expect(encodeRefusal(error(0x86, 5, 9))).toEqual(hex("20 03 00 86 00"));
  expect(encodeRefusal(error(0x86, 5, 5))).toEqual(hex("20 03 00 86 00"));
  expect(encodeRefusal(error(0x86, 5, 4))).toBeNull();
});
