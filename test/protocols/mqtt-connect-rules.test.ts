// What CONNECT must not say, one row a rule; and in which form its refusal is to be answered.
import { describe, expect, it } from "vitest";
import { decodeConnect } from "../../src/protocols/mqtt/connect.ts";
import type { Connect } from "../../src/protocols/mqtt/connect.ts";
import { readHeader } from "../../src/protocols/mqtt/header.ts";
import { reasonCode } from "../../src/protocols/mqtt/reason-codes.ts";
import { decode, frame, hex, refusal, text } from "./mqtt-wire.ts";

const { malformedPacket, protocolError, unsupportedProtocolVersion, clientIdentifierNotValid } = reasonCode;

/** A CONNECT with its flags byte and everything behind the keep alive in hex. */
const v4 = (flags: string, rest: string): Uint8Array => frame(0x10, `${text("MQTT")} 04 ${flags} 003c ${rest}`);
const v5 = (flags: string, rest: string): Uint8Array => frame(0x10, `${text("MQTT")} 05 ${flags} 003c ${rest}`);
/** A CONNECT of MQTT 5 with the given properties. */
const withProperties = (properties: string): Uint8Array =>
  v5("02", `${hex(properties).length.toString(16).padStart(2, "0")} ${properties} 0000`);
const withWillProperties = (properties: string): Uint8Array =>
  v5("06", `00 0000 ${hex(properties).length.toString(16).padStart(2, "0")} ${properties} ${text("w")} 0000`);

/** An otherwise valid CONNECT whose remaining length takes two bytes where one would do. */
const padded = (level: string, rest: string): Uint8Array =>
  hex(`10 ${level === "05" ? "8d" : "8c"} 00 ${text("MQTT")} ${level} 02 003c ${rest}`);

/** Decodes as the server does, which learns the version only from CONNECT. */
function connect(bytes: Uint8Array): Connect {
  const header = readHeader(bytes, 0, 100);
  if (header === null) throw new Error("incomplete");
  return decodeConnect(bytes, header);
}

describe("CONNECT is refused", () => {
  it.each([
    [
      "for another protocol name [MQTT-3.1.2-1] [not MQTT3-3.1.2-1]",
      frame(0x10, `${text("MQTZ")} 04 02 003c 0000`),
      0x84,
      null,
    ],
    ["for a protocol name cut short [MQTT-3.1.2-1]", frame(0x10, `${text("MQT")} 04 02 003c 0000`), 0x84, null],
    ["for an empty protocol name [MQTT-3.1.2-1]", frame(0x10, "0000 04 02 003c 0000"), 0x84, null],
    ["for MQTT 3.1 [MQTT-3.1.2-1] [MQTT3-3.1.2-2]", frame(0x10, `${text("MQIsdp")} 03 02 003c ${text("id")}`), 0x84, 4],
    ["for level 2 of MQTT 3.1 [MQTT-3.1.2-2]", frame(0x10, `${text("MQIsdp")} 02 02 003c 0000`), 0x84, 5],
    ["for level 4 of MQTT 3.1 [MQTT-3.1.2-1]", frame(0x10, `${text("MQIsdp")} 04 02 003c 0000`), 0x84, 5],
    [
      "for level 3 [MQTT-3.1.2-2] [MQTT3-3.1.2-2]",
      frame(0x10, `${text("MQTT")} 03 02 003c 0000`),
      unsupportedProtocolVersion,
      4,
    ],
    ["for level 0 [MQTT-3.1.2-2]", frame(0x10, `${text("MQTT")} 00 02 003c 0000`), unsupportedProtocolVersion, 5],
    ["for level 2 [MQTT-3.1.2-2]", frame(0x10, `${text("MQTT")} 02 02 003c 0000`), unsupportedProtocolVersion, 5],
    ["for level 6 [MQTT-3.1.2-2]", frame(0x10, `${text("MQTT")} 06 02 003c 00 0000`), unsupportedProtocolVersion, 5],
    [
      "for mosquitto's bridge bit [MQTT-3.1.2-2] [MQTT3-3.1.2-2]",
      frame(0x10, `${text("MQTT")} 84 02 003c 0000`),
      0x84,
      4,
    ],
    ["without a protocol name", frame(0x10, ""), malformedPacket, null],
    ["without a level", frame(0x10, text("MQTT")), malformedPacket, null],
    ["with an unreadable protocol name", frame(0x10, "ffff 4d515454 04 02 003c 0000"), malformedPacket, null],
    ["with the reserved flag [MQTT3-3.1.2-3] [MQTT3-3.1.4-1]", v4("03", "0000"), malformedPacket, 4],
    ["with the reserved flag in 5 [MQTT-3.1.2-3]", v5("03", "00 0000"), malformedPacket, 5],
    ["with will QoS but no will [MQTT-3.1.2-11]", v5("0a", "00 0000"), malformedPacket, 5],
    ["with will QoS but no will in 3.1.1 [not MQTT3-3.1.2-11] [MQTT3-3.1.2-13]", v4("12", "0000"), malformedPacket, 4],
    ["with will retain but no will [MQTT-3.1.2-13]", v5("22", "00 0000"), malformedPacket, 5],
    [
      "with will retain but no will in 3.1.1 [not MQTT3-3.1.2-11] [MQTT3-3.1.2-15]",
      v4("22", "0000"),
      malformedPacket,
      4,
    ],
    ["with will QoS 3 [not MQTT-3.1.2-12]", v5("1e", `00 0000 00 ${text("w")} 0000`), malformedPacket, 5],
    ["with will QoS 3 in 3.1.1 [not MQTT3-3.1.2-14]", v4("1e", `0000 ${text("w")} 0000`), malformedPacket, 4],
    ["with a will that is missing in 3.1.1 [MQTT3-3.1.2-9]", v4("06", "0000"), malformedPacket, 4],
    ["with a will that is missing [MQTT-3.1.2-9]", v5("06", "00 0000"), malformedPacket, 5],
    ["with a will topic alone in 3.1.1 [MQTT3-3.1.2-9]", v4("06", `0000 ${text("w")}`), malformedPacket, 4],
    ["with a will without properties [MQTT-3.1.2-9]", v5("06", `00 0000 ${text("w")} 0000`), malformedPacket, 5],
    ["with a will without flag in 3.1.1 [not MQTT3-3.1.2-11]", v4("02", `0000 ${text("w")} 0000`), malformedPacket, 4],
    ["with a will topic with wildcards in 3.1.1 [not MQTT3-4.7.1-1]", v4("06", `0000 ${text("w/#")} 0000`), 0x81, 4],
    [
      "with a will topic with wildcards [not MQTT-4.7.0-1]",
      v5("06", `00 0000 00 ${text("+")} 0000`),
      malformedPacket,
      5,
    ],
    ["with an empty will topic in 3.1.1 [MQTT3-4.7.3-1]", v4("06", "0000 0000 0000"), malformedPacket, 4],
    ["with an empty will topic [MQTT-4.7.3-1]", v5("06", "00 0000 00 0000 0000"), malformedPacket, 5],
    ["with a will topic with U+0000 [not MQTT-4.7.3-2]", v5("06", "00 0000 00 000100 0000"), malformedPacket, 5],
    ["with a will topic with U+0001", v5("06", "00 0000 00 000101 0000"), malformedPacket, 5],
    ["with a will topic of ill-formed UTF-8 in 3.1.1 [MQTT3-3.1.3-10]", v4("06", "0000 0001ff 0000"), 0x81, 4],
    ["with a will topic of ill-formed UTF-8 [MQTT-3.1.3-11]", v5("06", "00 0000 00 0001ff 0000"), malformedPacket, 5],
    ["with a password but no user name in 3.1.1 [MQTT3-3.1.2-22]", v4("42", "0000 0001 70"), malformedPacket, 4],
    ["with a user name flag but no user name in 3.1.1 [MQTT3-3.1.2-19]", v4("82", "0000"), malformedPacket, 4],
    ["with a password flag but no password in 3.1.1 [MQTT3-3.1.2-21]", v4("c2", `0000 ${text("u")}`), 0x81, 4],
    ["with a password without flag in 3.1.1 [not MQTT3-3.1.2-20]", v4("82", `0000 ${text("u")} 0001 70`), 0x81, 4],
    ["with a password without flag [not MQTT-3.1.2-18]", v5("82", `00 0000 ${text("u")} 0001 70`), malformedPacket, 5],
    ["with a user name flag but no user name [MQTT-3.1.2-17]", v5("82", "00 0000"), malformedPacket, 5],
    ["with a password flag but no password [MQTT-3.1.2-19]", v5("42", "00 0000"), malformedPacket, 5],
    ["with a user name without flag in 3.1.1 [not MQTT3-3.1.2-18]", v4("02", `0000 ${text("u")}`), malformedPacket, 4],
    ["with a user name without flag [not MQTT-3.1.2-16]", v5("02", `00 0000 ${text("u")}`), malformedPacket, 5],
    ["with a user name of ill-formed UTF-8 in 3.1.1 [MQTT3-3.1.3-11]", v4("82", "0000 0002c328"), malformedPacket, 4],
    ["with a user name with U+007F", v5("82", "00 0000 00017f"), malformedPacket, 5],
    ["with a user name with U+FFFF in 3.1.1", v4("82", "0000 0003efbfbf"), malformedPacket, 4],
    ["with a user name of ill-formed UTF-8 [MQTT-3.1.3-12]", v5("82", "00 0000 0002c328"), malformedPacket, 5],
    ["with a user name with U+0000 [not MQTT-1.5.4-2]", v5("82", "00 0000 000100"), malformedPacket, 5],
    ["with a client id of ill-formed UTF-8 [MQTT-3.1.3-4]", v5("02", "00 0003eda080"), malformedPacket, 5],
    ["with a client id with a surrogate in 3.1.1 [MQTT3-3.1.3-4] [not MQTT3-1.5.3-1]", v4("02", "0003eda080"), 0x81, 4],
    ["with a client id with U+0000 in 3.1.1 [not MQTT3-1.5.3-2]", v4("02", "000100"), malformedPacket, 4],
    ["with a client id with U+0000 [not MQTT-1.5.4-2]", v5("02", "00 000100"), malformedPacket, 5],
    ["with a client id with U+0001 in 3.1.1", v4("02", "000101"), malformedPacket, 4],
    ["with a client id with U+0001 [MQTT-3.1.3-8]", v5("02", "00 000101"), clientIdentifierNotValid, 5],
    ["with a client id with U+009F [MQTT-3.1.3-8]", v5("02", "00 0002c29f"), clientIdentifierNotValid, 5],
    ["with a client id with U+FFFF [MQTT-3.1.3-8]", v5("02", "00 0003efbfbf"), clientIdentifierNotValid, 5],
    ["without client id field in 3.1.1 [MQTT3-3.1.3-3]", v4("02", ""), malformedPacket, 4],
    ["without client id for a persistent session of 3.1.1 [MQTT3-3.1.3-7] [MQTT3-3.1.3-8]", v4("00", "0000"), 0x85, 4],
    ["without client id field [MQTT-3.1.3-3]", v5("02", "00"), malformedPacket, 5],
    ["without properties in 5 [MQTT-2.2.2-1]", frame(0x10, `${text("MQTT")} 05 02 003c`), malformedPacket, 5],
    ["with bytes left over in 3.1.1", v4("02", "0000 00"), malformedPacket, 4],
    ["with less than its lengths claim", frame(0x10, `${text("MQTT")} 04`), malformedPacket, 4],
    ["with bytes left over", v5("02", "00 0000 00"), malformedPacket, 5],
    ["with session expiry twice", withProperties("11 00000001 11 00000001"), protocolError, 5],
    ["with receive maximum 0", withProperties("21 0000"), protocolError, 5],
    ["with receive maximum twice", withProperties("21 0001 21 0001"), protocolError, 5],
    ["with maximum packet size 0", withProperties("27 00000000"), protocolError, 5],
    ["with topic alias maximum twice", withProperties("22 0001 22 0001"), protocolError, 5],
    ["with request response information 2", withProperties("19 02"), protocolError, 5],
    ["with request problem information 2", withProperties("17 02"), protocolError, 5],
    ["with authentication method twice", withProperties(`15 ${text("a")} 15 ${text("a")}`), protocolError, 5],
    ["with authentication data but no method", withProperties("16 0001 00"), protocolError, 5],
    ["with a property of CONNACK", withProperties("25 01"), malformedPacket, 5],
    ["with a property of the will outside of it", withProperties("18 00000001"), malformedPacket, 5],
    ["with a property that does not exist", withProperties("7f 00"), malformedPacket, 5],
    ["with a property that runs over its block", withProperties("11 0000"), malformedPacket, 5],
    ["with properties longer than the packet", v5("02", "7f 0000"), malformedPacket, 5],
    ["with a property length of too many bytes [MQTT-1.5.5-1]", v5("02", "8000 0000"), malformedPacket, 5],
    ["with a property length without end", v5("02", "ffffffff7f 0000"), malformedPacket, 5],
    ["with maximum packet size twice", withProperties("27 00000100 27 00000100"), protocolError, 5],
    ["with authentication data twice", withProperties(`15 ${text("a")} 16 0000 16 0000`), protocolError, 5],
    ["with a will delay twice", withWillProperties("18 00000001 18 00000001"), protocolError, 5],
    ["with a will payload format 2", withWillProperties("01 02"), protocolError, 5],
    ["with a topic alias for its will", withWillProperties("23 0001"), malformedPacket, 5],
    ["with a response topic with wildcards in its will [not MQTT-3.3.2-14]", withWillProperties("08 0001 2b"), 0x82, 5],
  ])("%s", (_rule, bytes, code, version) => {
    expect(refusal(() => decode(bytes, 5))).toMatchObject({ reasonCode: code, version });
  });

  it("for a remaining length of too many bytes, once the version is known [MQTT-1.5.5-1]", () => {
    expect(refusal(() => connect(padded("05", "00 0000")))).toMatchObject({ reasonCode: malformedPacket, version: 5 });
    expect(connect(padded("04", "0000"))).toMatchObject({ version: 4 });
  });
});

it("accepts an empty client id with clean start 0 in 5, for the server may assign one [MQTT-3.1.3-6]", () => {
  expect(decode(v5("00", "00 0000"), 5)).toMatchObject({ clientId: "", cleanStart: false });
  expect(refusal(() => decode(v4("00", "0000"), 4)).reasonCode).toBe(clientIdentifierNotValid);
});

it("accepts client ids of 23 letters and digits, and longer ones [MQTT-3.1.3-5] [MQTT3-3.1.3-5] [MQTT3-3.1.3-6]", () => {
  for (const clientId of ["0123456789abcdefghijklm", "nopqrstuvwxyzABCDEFGHIJ", "KLMNOPQRSTUVWXYZ", "-_.é".repeat(9)]) {
    expect(decode(v4("02", text(clientId)), 4)).toMatchObject({ clientId });
    expect(decode(v5("02", `00 ${text(clientId)}`), 5)).toMatchObject({ clientId });
  }
  expect(decode(v4("02", "0000"), 4)).toMatchObject({ clientId: "", cleanStart: true });
});

it("takes any bytes as password, and empty names [MQTT-3.1.2-17] [MQTT-3.1.2-19] [MQTT3-3.1.2-19] [MQTT3-3.1.2-21]", () => {
  expect(decode(v4("c2", "0000 0000 0002 00ff"), 4)).toMatchObject({ userName: "", password: hex("00ff") });
  expect(decode(v5("c2", "00 0000 0000 0002 00ff"), 5)).toMatchObject({ userName: "", password: hex("00ff") });
});
