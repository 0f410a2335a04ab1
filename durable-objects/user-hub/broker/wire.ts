// How a connection's protocol puts a message and a farewell on the wire. One object for each form; delivery asks for
// nothing else, so that another protocol is another file here.
import { encodeError, encodeMessage } from "../../../src/protocols/json/frames.ts";
import { encodePublish, type ProtocolVersion, type QoS } from "../../../src/protocols/mqtt/publish.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { encodeFarewell } from "../../../src/protocols/mqtt/refusal.ts";
import type { ClientState, Packet } from "../connection.ts";
import { type Message, secondsLeft, topicBytesOf } from "./message.ts";

/** How a message goes to one receiver. */
export interface OutgoingHeader {
  qos: QoS;
  retain: boolean;
  /** 0 at QoS 0. */
  packetId: number;
  dup?: boolean;
  subscriptionIds?: readonly number[] | null;
  topicAlias?: number | null;
  /** Whether the alias is said together with its topic. */
  isNew?: boolean;
}

export interface Wire {
  /** Among the wires; packets are cached by it. */
  index: number;
  encodeMessage(message: Message, header: OutgoingHeader, now: number): Packet;
  /** What the peer is told before we close; null: nothing. */
  encodeFarewell(code: number, reason: string, client: ClientState): Packet | null;
}

const noTopic = new Uint8Array(0);

function mqttWire(version: ProtocolVersion): Wire {
  return {
    index: version === 4 ? 0 : 1,
    encodeMessage: (message, header, now) =>
      encodePublish(
        {
          topicBytes: header.topicAlias && !header.isNew ? noTopic : topicBytesOf(message),
          payload: message.payload,
          qos: header.qos,
          retain: header.retain,
          dup: header.dup ?? false,
          packetId: header.packetId,
          properties: message.properties,
          expirySeconds: secondsLeft(message, now),
          subscriptionIds: header.subscriptionIds ?? [],
          topicAlias: header.topicAlias ?? null,
        },
        version,
      ),
    encodeFarewell: (code, reason, { maximumPacketBytes }) =>
      version === 5 ? encodeFarewell(code, reason, maximumPacketBytes) : null,
  };
}

const mqtt4 = mqttWire(4);
const mqtt5 = mqttWire(5);
const json: Wire = {
  index: 2,
  encodeMessage: ({ topic, payload }, { retain }) => encodeMessage({ topic, payload, retain }),
  // An error is what a client did, or what befell us; that its time is over is neither, and its close frame says it.
  encodeFarewell: (code, reason) =>
    code === reasonCode.maximumConnectTime
      ? null
      : encodeError(null, code === reasonCode.implementationSpecificError ? "internal" : "forbidden", reason),
};

export function wireOf(client: ClientState): Wire {
  if (client.protocol === "json") return json;
  return client.version === 5 ? mqtt5 : mqtt4;
}
