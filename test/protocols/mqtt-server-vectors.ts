// Packets that only servers send, field by field, with the call that must make them.
import { packetType } from "../../src/protocols/mqtt/header.ts";
import { encodePublish } from "../../src/protocols/mqtt/publish.ts";
import {
  encodeAck,
  encodeConnack,
  encodeDisconnect,
  encodeSuback,
  encodeUnsuback,
  pingresp,
} from "../../src/protocols/mqtt/server-packets.ts";
import { hex } from "./mqtt-wire.ts";

export interface ServerVector {
  name: string;
  bytes: string;
  encode: () => Uint8Array;
}

const publish = {
  topicBytes: hex("61"),
  payload: hex("68 69"),
  qos: 0 as const,
  retain: false,
  dup: false,
  packetId: 0,
  properties: hex("01 01"),
  expirySeconds: 7,
  subscriptionIds: [1, 300],
};

const atQoS1 = { qos: 1 as const, dup: true, packetId: 7, expirySeconds: null };

export const serverVectors: ServerVector[] = [
  {
    name: "CONNACK of 3.1.1 with a session",
    bytes: `20 02  CONNACK, remaining length
            01 00  session present, accepted`,
    encode: () => encodeConnack(4, { sessionPresent: true, reasonCode: 0, properties: { receiveMaximum: 1 } }),
  },
  {
    name: "CONNACK of 3.1.1 that refuses claims no session [MQTT3-3.2.2-4]",
    bytes: `20 02  CONNACK, remaining length
            00 05  not authorized`,
    encode: () => encodeConnack(4, { sessionPresent: true, reasonCode: 0x87 }),
  },
  {
    name: "CONNACK of 5 that refuses claims no session [MQTT-3.2.2-6]",
    bytes: `20 03  CONNACK, remaining length
            00 8a  banned
            00     no properties`,
    encode: () => encodeConnack(5, { sessionPresent: true, reasonCode: 0x8a }),
  },
  {
    name: "CONNACK of 5 with every property",
    bytes: `
      20 34           CONNACK, remaining length
      01 00           session present, success
      31              properties
      11 ff ff ff ff  session expiry, never
      21 00 64        receive maximum 100
      24 01           maximum QoS 1
      25 00           retain not available
      27 00 02 00 00  maximum packet size 131072
      12 00 01 63     assigned client id "c"
      22 00 10        topic alias maximum 16
      1f 00 02 6f 6b  reason string "ok"
      28 01           wildcard subscriptions available
      29 00           subscription identifiers not available
      2a 01           shared subscriptions available
      13 01 2c        server keep alive 300
      1a 00 03 72 2f 69  response information "r/i"
      1c 00 02 73 32  server reference "s2"`,
    encode: () =>
      encodeConnack(5, {
        sessionPresent: true,
        reasonCode: 0,
        properties: {
          sessionExpirySeconds: 0xffffffff,
          receiveMaximum: 100,
          maximumQoS: 1,
          retainAvailable: false,
          maximumPacketBytes: 131_072,
          assignedClientId: "c",
          topicAliasMaximum: 16,
          reasonString: "ok",
          wildcardSubscriptionAvailable: true,
          subscriptionIdentifiersAvailable: false,
          sharedSubscriptionAvailable: true,
          serverKeepAliveSeconds: 300,
          responseInformation: "r/i",
          serverReference: "s2",
        },
      }),
  },
  {
    name: "CONNACK of 5 without properties says so, and reserves its flags [MQTT-2.2.2-1] [MQTT-3.2.2-1]",
    bytes: `20 03  CONNACK, remaining length
            00 00  no session, success
            00     no properties`,
    encode: () => encodeConnack(5, { sessionPresent: false, reasonCode: 0 }),
  },
  {
    name: "PUBREL carries its flags [MQTT-3.6.1-1] [MQTT3-3.6.1-1] [MQTT-2.1.3-1] [MQTT3-2.2.2-1]",
    bytes: `62 02  PUBREL, remaining length
            00 01  packet id`,
    encode: () => encodeAck(packetType.pubrel, 5, 1),
  },
  {
    name: "PUBLISH of 5 leaves out DUP and packet id at QoS 0 [MQTT-3.3.1-2] [not MQTT-2.2.1-2] [MQTT-4.3.1-1]",
    bytes: `
      30 08     PUBLISH, remaining length
      00 01 61  topic "a"
      02 01 01  properties: payload format UTF-8, as forwarded
      68 69     payload`,
    encode: () =>
      encodePublish({ ...publish, dup: true, packetId: 3, expirySeconds: null, subscriptionIds: undefined }, 5),
  },
  {
    name: "SUBACK of 3.1.1 knows one failure [MQTT3-3.9.3-1] [not MQTT3-3.9.3-2]",
    bytes: `90 05     SUBACK, remaining length
            00 0a     packet id
            02 80 80  QoS 2, failure, failure`,
    encode: () => encodeSuback(4, 10, [2, 0x87, 0x80]),
  },
  {
    name: "SUBACK of 5 [MQTT-3.9.3-1]",
    bytes: `90 05     SUBACK, remaining length
            00 0a     packet id
            00        no properties
            01 8f     QoS 1, topic filter invalid`,
    encode: () => encodeSuback(5, 10, [1, 0x8f]),
  },
  {
    name: "UNSUBACK of 3.1.1 has no payload",
    bytes: `b0 02  UNSUBACK, remaining length
            00 0a  packet id`,
    encode: () => encodeUnsuback(4, 10, [0, 0x11]),
  },
  {
    name: "UNSUBACK of 5 [MQTT-3.11.3-1]",
    bytes: `b0 05  UNSUBACK, remaining length
            00 0a  packet id
            00     no properties
            00 11  success, no subscription existed`,
    encode: () => encodeUnsuback(5, 10, [0, 0x11]),
  },
  { name: "PINGRESP", bytes: "d0 00  PINGRESP, remaining length", encode: () => pingresp },
  {
    name: "DISCONNECT of 5 with a reason code",
    bytes: `e0 01  DISCONNECT, remaining length
            8e     session taken over`,
    encode: () => encodeDisconnect(0x8e),
  },
  {
    name: "PUBACK of 5, success with a reason string",
    bytes: `40 08              PUBACK, remaining length
            00 01              packet id
            00                 success
            04 1f 00 01 21     reason string "!"`,
    encode: () => encodeAck(packetType.puback, 5, 1, 0, "!"),
  },
  {
    name: "PUBLISH of 5 with expiry and subscription identifiers before the forwarded properties",
    bytes: `
      30 12           PUBLISH, remaining length
      00 01 61        topic "a"
      0c              properties
      02 00 00 00 07  message expiry 7
      0b 01           subscription identifier 1
      0b ac 02        subscription identifier 300
      01 01           payload format: UTF-8, as forwarded
      68 69           payload`,
    encode: () => encodePublish(publish, 5),
  },
  {
    name: "PUBLISH of 5 with the smallest and the largest subscription identifiers [MQTT-3.3.4-4]",
    bytes: `
      3a 1a           PUBLISH with DUP and QoS 1, remaining length
      00 01 61        topic "a"
      00 07           packet id
      12              properties
      0b 01           subscription identifier 1
      0b 7f           subscription identifier 127
      0b 80 01        subscription identifier 128
      0b 80 80 01     subscription identifier 16384
      0b ff ff ff 7f  subscription identifier 268435455
      01 01           payload format: UTF-8, as forwarded
      68 69           payload`,
    encode: () => encodePublish({ ...publish, ...atQoS1, subscriptionIds: [1, 127, 128, 16_384, 268_435_455] }, 5),
  },
  {
    name: "PUBLISH of 5 that sets a topic alias [MQTT-3.3.2-8]",
    bytes: `
      30 0e           PUBLISH, remaining length
      00 01 61        topic "a"
      08              properties
      23 00 0a        topic alias 10
      0b ac 02        subscription identifier 300
      01 01           payload format: UTF-8, as forwarded
      68 69           payload`,
    encode: () => encodePublish({ ...publish, expirySeconds: null, topicAlias: 10, subscriptionIds: [300] }, 5),
  },
  {
    name: "PUBLISH of 5 that uses a topic alias",
    bytes: `
      30 0d           PUBLISH, remaining length
      00 00           topic ""
      08              properties
      23 ff ff        topic alias 65535
      0b ac 02        subscription identifier 300
      01 01           payload format: UTF-8, as forwarded
      68 69           payload`,
    encode: () => {
      const alias = { topicBytes: hex(""), topicAlias: 65_535, subscriptionIds: [300] };
      return encodePublish({ ...publish, expirySeconds: null, ...alias }, 5);
    },
  },
  {
    name: "PUBLISH of 3.1.1 has neither topic alias nor subscription identifiers",
    bytes: `
      30 05     PUBLISH, remaining length
      00 01 61  topic "a"
      68 69     payload`,
    encode: () => encodePublish({ ...publish, topicAlias: 10 }, 4),
  },
  {
    name: "PUBLISH of 3.1.1 leaves out what only 5 knows, and DUP and packet id at QoS 0 [MQTT3-3.3.1-2] [not MQTT3-2.3.1-5] [MQTT3-4.3.1-1]",
    bytes: `
      30 05     PUBLISH, remaining length
      00 01 61  topic "a"
      68 69     payload`,
    encode: () => encodePublish({ ...publish, dup: true, packetId: 3 }, 4),
  },
];
