// How a connection's protocol puts a message and a farewell on the wire. One object for each form; delivery asks for
// nothing else, so that another protocol is another file here.
import { encodeError, encodeMessage } from "../../../src/protocols/json/frames.ts";
import { encodePublish, type ProtocolVersion, type QoS } from "../../../src/protocols/mqtt/publish.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { encodeDisconnect } from "../../../src/protocols/mqtt/server-packets.ts";
import type { Packet, SessionState } from "../connection.ts";
import { type Message, secondsLeft, topicBytesOf } from "./message.ts";

export interface Wire {
  /** Among the wires; packets are cached by it. */
  index: number;
  encodeMessage(message: Message, as: { qos: QoS; retain: boolean; packetId: number }, now: number): Packet;
  /** What the peer is told before we close; null: nothing. */
  encodeFarewell(code: number, reason: string, session: SessionState): Packet | null;
}

function mqttWire(version: ProtocolVersion): Wire {
  return {
    index: version === 4 ? 0 : 1,
    encodeMessage: (message, as, now) =>
      encodePublish(
        {
          topicBytes: topicBytesOf(message),
          payload: message.payload,
          dup: false,
          properties: message.properties,
          expirySeconds: secondsLeft(message, now),
          ...as,
        },
        version,
      ),
    encodeFarewell: (code, reason, { problemInformation }) =>
      version === 5 ? encodeDisconnect(code, problemInformation ? reason : undefined) : null,
  };
}

const mqtt4 = mqttWire(4);
const mqtt5 = mqttWire(5);
const json: Wire = {
  index: 2,
  encodeMessage: ({ topic, payload }, { retain }) => encodeMessage({ topic, payload, retain }),
  encodeFarewell: (code, reason) =>
    encodeError(null, code === reasonCode.implementationSpecificError ? "internal" : "forbidden", reason),
};

export function wireOf(session: SessionState): Wire {
  if (session.protocol === "json") return json;
  return session.version === 5 ? mqtt5 : mqtt4;
}
