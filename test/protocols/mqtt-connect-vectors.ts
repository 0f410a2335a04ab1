// CONNECT of both versions, field by field, with what the codec must read from it.
import { hex } from "./mqtt-wire.ts";
import type { ClientVector } from "./mqtt-wire.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const bareConnect = {
  version: 4,
  clientId: "",
  cleanStart: true,
  keepAliveSeconds: 60,
  userName: null,
  password: null,
  will: null,
  sessionExpirySeconds: 0,
  receiveMaximum: 65_535,
  maximumPacketBytes: null,
  topicAliasMaximum: 0,
  requestResponseInformation: false,
  requestProblemInformation: true,
  authenticationMethod: null,
  userProperties: [],
};

export const connectVectors: ClientVector[] = [
  {
    name: "CONNECT of 3.1.1, the least there is [MQTT3-3.1.2-11] [MQTT3-3.1.3-3]",
    version: 4,
    bytes: `
      10 0c              CONNECT, remaining length
      00 04 4d 51 54 54  protocol name "MQTT"
      04                 level
      02                 flags: clean session
      00 3c              keep alive
      00 00              client id ""`,
    packet: bareConnect,
  },
  {
    name: "CONNECT of 3.1.1 with will, user name and password [MQTT3-3.1.3-1] [MQTT3-3.1.2-9]",
    version: 4,
    bytes: `
      10 1f              CONNECT, remaining length
      00 04 4d 51 54 54  protocol name "MQTT"
      04                 level
      f4                 flags: user name, password, will retain, will QoS 2, will
      00 00              keep alive off
      00 02 69 64        client id "id"
      00 03 77 2f 74     will topic "w/t"
      00 01 ff           will payload
      00 02 c3 bc        user name "ü"
      00 03 00 fe ff     password`,
    packet: {
      ...bareConnect,
      clientId: "id",
      cleanStart: false,
      keepAliveSeconds: 0,
      userName: "ü",
      password: hex("00 fe ff"),
      sessionExpirySeconds: 0xffffffff,
      will: {
        topic: "w/t",
        payload: hex("ff"),
        qos: 2,
        retain: true,
        delaySeconds: 0,
        properties: hex(""),
        expirySeconds: null,
        payloadIsUtf8: false,
      },
    },
  },
  {
    name: "CONNECT of 5 with a password but no user name [MQTT-3.1.2-16] [MQTT-3.1.2-19]",
    version: 5,
    bytes: `
      10 10              CONNECT, remaining length
      00 04 4d 51 54 54  protocol name "MQTT"
      05                 level
      40                 flags: password
      ff ff              keep alive
      00                 no properties
      00 00              client id ""
      00 01 70           password "p"`,
    packet: { ...bareConnect, version: 5, cleanStart: false, keepAliveSeconds: 65_535, password: utf8("p") },
  },
  {
    name: "CONNECT of 5 with every property [MQTT-3.1.3-1] [MQTT-3.1.2-9] [MQTT-3.1.3-10]",
    version: 5,
    bytes: `
      10 6c              CONNECT, remaining length
      00 04 4d 51 54 54  protocol name "MQTT"
      05                 level
      0e                 flags: will QoS 1, will, clean start
      00 0a              keep alive
      2f                 properties
      11 00 00 0e 10     session expiry 3600
      21 00 14           receive maximum 20
      27 00 01 00 00     maximum packet size 65536
      22 00 0a           topic alias maximum 10
      19 01              request response information
      17 00              no problem information
      26 00 01 61 00 01 62  user property a = b
      26 00 01 61 00 01 63  user property a = c
      15 00 05 53 43 52 41 4d  authentication method "SCRAM"
      16 00 02 01 02     authentication data
      00 01 63           client id "c"
      29                 will properties
      18 00 00 00 05     will delay 5
      01 01              payload format: UTF-8
      02 00 00 00 3c     message expiry 60
      03 00 04 74 65 78 74  content type "text"
      08 00 03 72 2f 74  response topic "r/t"
      09 00 02 aa bb     correlation data
      26 00 03 6b 65 79 00 03 76 61 6c  user property key = val
      00 01 77           will topic "w"
      00 00              will payload, empty`,
    packet: {
      ...bareConnect,
      version: 5,
      clientId: "c",
      keepAliveSeconds: 10,
      sessionExpirySeconds: 3600,
      receiveMaximum: 20,
      maximumPacketBytes: 65_536,
      topicAliasMaximum: 10,
      requestResponseInformation: true,
      requestProblemInformation: false,
      authenticationMethod: "SCRAM",
      userProperties: [
        ["a", "b"],
        ["a", "c"],
      ],
      will: {
        topic: "w",
        payload: hex(""),
        qos: 1,
        retain: false,
        delaySeconds: 5,
        properties: hex("01 01 03 00 04 74 65 78 74 08 00 03 72 2f 74 09 00 02 aa bb 26 00 03 6b 65 79 00 03 76 61 6c"),
        expirySeconds: 60,
        payloadIsUtf8: true,
      },
    },
  },
];
