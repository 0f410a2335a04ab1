// Packets that clients send after CONNECT, field by field, with what the codec must read from them. Where a server may send the same
// bytes, `encode` makes them.
import { packetType } from "../../src/protocols/mqtt/header.ts";
import { encodePublish } from "../../src/protocols/mqtt/publish.ts";
import { encodeAck, encodeDisconnect } from "../../src/protocols/mqtt/server-packets.ts";
import { hex } from "./mqtt-wire.ts";
import type { ClientVector } from "./mqtt-wire.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const barePublish = {
  topic: "a/b",
  topicBytes: utf8("a/b"),
  payload: utf8("hi"),
  qos: 0 as const,
  retain: false,
  dup: false,
  packetId: 0,
  properties: hex(""),
  expirySeconds: null,
  topicAlias: null,
  payloadIsUtf8: false,
};

const qos2Publish = { ...barePublish, qos: 2 as const, retain: true, dup: true, packetId: 0x1234 };
const richPublish = {
  ...barePublish,
  qos: 1 as const,
  packetId: 10,
  properties: hex("01 01 03 00 01 74 26 00 01 6b 00 01 76"),
  expirySeconds: 4_294_967_295,
  topicAlias: 9,
  payloadIsUtf8: true,
};

export const clientVectors: ClientVector[] = [
  {
    name: "PUBLISH of 3.1.1 at QoS 0",
    version: 4,
    bytes: `
      30 07           PUBLISH, remaining length
      00 03 61 2f 62  topic "a/b"
      68 69           payload`,
    packet: barePublish,
    encode: () => encodePublish(barePublish, 4),
  },
  {
    name: "PUBLISH of 3.1.1 at QoS 2, retained, repeated",
    version: 4,
    bytes: `
      3d 09           PUBLISH with DUP, QoS 2 and RETAIN, remaining length
      00 03 61 2f 62  topic "a/b"
      12 34           packet id
      68 69           payload`,
    packet: qos2Publish,
    encode: () => encodePublish(qos2Publish, 4),
  },
  {
    name: "PUBLISH of 3.1.1 without payload, its topic beginning with U+FEFF [not MQTT-1.5.4-3] [not MQTT3-1.5.3-3]",
    version: 4,
    bytes: `
      31 07                 PUBLISH with RETAIN, remaining length
      00 05 ef bb bf c3 bc  topic U+FEFF "ü"`,
    packet: { ...barePublish, topic: "\uFEFFü", topicBytes: utf8("\uFEFFü"), payload: hex(""), retain: true },
  },
  {
    name: "PUBLISH of 5 with properties to forward between those to split off [MQTT-3.3.2-17] [MQTT-3.3.2-18]",
    version: 5,
    bytes: `
      32 1f           PUBLISH with QoS 1, remaining length
      00 03 61 2f 62  topic "a/b"
      00 0a           packet id
      15              properties
      01 01           payload format: UTF-8
      02 ff ff ff ff  message expiry 4294967295
      03 00 01 74     content type "t"
      23 00 09        topic alias 9
      26 00 01 6b 00 01 76  user property k = v
      68 69           payload`,
    packet: richPublish,
  },
  {
    name: "PUBLISH of 5 with the properties in the order that a server writes them",
    version: 5,
    bytes: `
      32 1f           PUBLISH with QoS 1, remaining length
      00 03 61 2f 62  topic "a/b"
      00 0a           packet id
      15              properties
      02 ff ff ff ff  message expiry 4294967295
      23 00 09        topic alias 9
      01 01           payload format: UTF-8
      03 00 01 74     content type "t"
      26 00 01 6b 00 01 76  user property k = v
      68 69           payload`,
    packet: richPublish,
    encode: () => encodePublish(richPublish, 5),
  },
  {
    name: "PUBLISH of 5 with a topic alias alone",
    version: 5,
    bytes: `
      30 08     PUBLISH, remaining length
      00 00     topic ""
      03        properties
      23 ff ff  topic alias 65535
      68 69     payload`,
    packet: { ...barePublish, topic: "", topicBytes: hex(""), topicAlias: 65_535 },
    encode: () => encodePublish({ ...barePublish, topicBytes: hex(""), topicAlias: 65_535 }, 5),
  },
  {
    name: "PUBACK of 3.1.1",
    version: 4,
    bytes: `40 02  PUBACK, remaining length
            ff ff  packet id`,
    packet: { packetId: 65_535, reasonCode: 0 },
    encode: () => encodeAck(packetType.puback, 4, 65_535, 0x10, "left out"),
  },
  {
    name: "PUBACK of 5, success",
    version: 5,
    bytes: `40 02  PUBACK, remaining length
            00 01  packet id`,
    packet: { packetId: 1, reasonCode: 0 },
    encode: () => encodeAck(packetType.puback, 5, 1),
  },
  {
    name: "PUBREC of 5 with a reason code",
    version: 5,
    bytes: `50 03  PUBREC, remaining length
            00 01  packet id
            97     quota exceeded`,
    packet: { packetId: 1, reasonCode: 0x97 },
    encode: () => encodeAck(packetType.pubrec, 5, 1, 0x97),
  },
  {
    name: "PUBREL of 5 with a reason string",
    version: 5,
    bytes: `62 08           PUBREL, remaining length
            00 01           packet id
            92              packet identifier not found
            04 1f 00 01 3f  reason string "?"`,
    packet: { packetId: 1, reasonCode: 0x92 },
    encode: () => encodeAck(packetType.pubrel, 5, 1, 0x92, "?"),
  },
  {
    name: "PUBREL of 3.1.1",
    version: 4,
    bytes: `62 02  PUBREL, remaining length
            00 01  packet id`,
    packet: { packetId: 1, reasonCode: 0 },
    encode: () => encodeAck(packetType.pubrel, 4, 1),
  },
  {
    name: "PUBCOMP of 5 with an empty property list",
    version: 5,
    bytes: `70 04  PUBCOMP, remaining length
            00 01  packet id
            00 00  success, no properties`,
    packet: { packetId: 1, reasonCode: 0 },
  },
  {
    name: "SUBSCRIBE of 3.1.1 with two filters [MQTT3-3.8.3-3] [MQTT3-2.3.1-1]",
    version: 4,
    bytes: `
      82 0c           SUBSCRIBE, remaining length
      00 0a           packet id
      00 03 61 2f 2b  filter "a/+"
      01              QoS 1
      00 01 23        filter "#"
      02              QoS 2`,
    packet: {
      packetId: 10,
      subscriptionId: null,
      subscriptions: [
        { topicFilter: "a/+", qos: 1, noLocal: false, retainAsPublished: false, retainHandling: 0 },
        { topicFilter: "#", qos: 2, noLocal: false, retainAsPublished: false, retainHandling: 0 },
      ],
    },
  },
  {
    name: "SUBSCRIBE of 5 with every option, identifier and a share [MQTT-4.8.2-1] [MQTT-4.8.2-2] [MQTT-3.8.3-2]",
    version: 5,
    bytes: `
      82 1a              SUBSCRIBE, remaining length
      00 0a              packet id
      05                 properties
      0b ff ff ff 7f     subscription identifier 268435455
      00 02 61 2f        filter "a/"
      2d                 QoS 1, no local, retain as published, retain handling 2
      00 0a 24 73 68 61 72 65 2f 67 2f 23  filter "$share/g/#"
      10                 QoS 0, retain handling 1`,
    packet: {
      packetId: 10,
      subscriptionId: 268_435_455,
      subscriptions: [
        { topicFilter: "a/", qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 2 },
        { topicFilter: "$share/g/#", qos: 0, noLocal: false, retainAsPublished: false, retainHandling: 1 },
      ],
    },
  },
  {
    name: "UNSUBSCRIBE of 3.1.1 [MQTT3-3.10.3-2]",
    version: 4,
    bytes: `
      a2 08     UNSUBSCRIBE, remaining length
      00 01     packet id
      00 01 61  filter "a"
      00 01 62  filter "b"`,
    packet: { packetId: 1, topicFilters: ["a", "b"] },
  },
  {
    name: "UNSUBSCRIBE of 5 [MQTT-3.10.3-2]",
    version: 5,
    bytes: `
      a2 0d           UNSUBSCRIBE, remaining length
      00 01           packet id
      07 26 00 01 61 00 01 62  user property a = b
      00 01 61        filter "a"`,
    packet: { packetId: 1, topicFilters: ["a"] },
  },
  { name: "PINGREQ", version: 4, bytes: "c0 00  PINGREQ, remaining length", packet: {} },
  {
    name: "DISCONNECT of 3.1.1",
    version: 4,
    bytes: "e0 00  DISCONNECT, remaining length",
    packet: { reasonCode: 0, sessionExpirySeconds: null },
  },
  {
    name: "DISCONNECT of 5, normal",
    version: 5,
    bytes: "e0 00  DISCONNECT, remaining length",
    packet: { reasonCode: 0, sessionExpirySeconds: null },
    encode: () => encodeDisconnect(0),
  },
  {
    name: "DISCONNECT of 5 with a reason code alone",
    version: 5,
    bytes: `e0 01  DISCONNECT, remaining length
            04     disconnect with will message`,
    packet: { reasonCode: 4, sessionExpirySeconds: null },
  },
  {
    name: "DISCONNECT of 5 with a reason string",
    version: 5,
    bytes: `e0 07              DISCONNECT, remaining length
            82                 protocol error
            05 1f 00 02 6e 6f  reason string "no"`,
    packet: { reasonCode: 0x82, sessionExpirySeconds: null },
    encode: () => encodeDisconnect(0x82, "no"),
  },
  {
    name: "DISCONNECT of 5 with session expiry",
    version: 5,
    bytes: `e0 07              DISCONNECT, remaining length
            00                 normal
            05 11 00 00 00 00  session expiry 0`,
    packet: { reasonCode: 0, sessionExpirySeconds: 0 },
  },
  {
    name: "AUTH",
    version: 5,
    bytes: `f0 0b           AUTH, remaining length
            18              continue authentication
            09              properties
            15 00 01 78     authentication method "x"
            16 00 02 01 02  authentication data`,
    packet: { reasonCode: 0x18, method: "x" },
  },
];
