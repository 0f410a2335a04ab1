// A message on its way through the hub, whichever protocol it came by.
import type { QoS } from "../../../src/protocols/mqtt/publish.ts";
import type { Packet } from "../connection.ts";

export interface Message {
  topic: string;
  /** UTF-8 of the topic; null: encoded when first needed. */
  topicBytes: Uint8Array | null;
  payload: Uint8Array;
  qos: QoS;
  retain: boolean;
  /** Forwardable MQTT 5 properties in wire form, without length prefix and without expiry. */
  properties: Uint8Array;
  /** Epoch ms after which nobody gets it any more. */
  expiresAt: number | null;
  /** The publisher's own packet and the index of its wire, when others on that wire may get these very bytes. */
  original?: Packet | null;
  originalWire?: number;
  /** What was encoded within the present event. A QoS 0 packet is the same for all receivers on a wire. */
  encoded?: (Packet | undefined)[] | null;
}

const encoder = new TextEncoder();
const noProperties = new Uint8Array(0);

export function topicBytesOf(message: Message): Uint8Array {
  return (message.topicBytes ??= encoder.encode(message.topic));
}

/** Whole seconds of life left, rounded up; null without expiry. */
export function secondsLeft(message: Message, now: number): number | null {
  return message.expiresAt === null ? null : Math.max(0, Math.ceil((message.expiresAt - now) / 1000));
}

/** When a message that arrived `now` with this expiry interval ends. */
export function expiryOf(expirySeconds: number | null, now: number): number | null {
  return expirySeconds === null ? null : now + expirySeconds * 1000;
}

/** A message the hub says by itself. */
export function textMessage(topic: string, text: string, options: { qos: QoS; retain: boolean }): Message {
  return {
    topic,
    topicBytes: null,
    payload: encoder.encode(text),
    qos: options.qos,
    retain: options.retain,
    properties: noProperties,
    expiresAt: null,
  };
}
