// The JSON protocol on the broker: what a frame asks for is done as for an MQTT 5 client at QoS 0, and answered in JSON.
// A bad frame is answered and costs nothing else; the connection goes on.
import { isTopic } from "../../../src/domain/topics.ts";
import type { ErrorCode } from "../../../src/errors.ts";
import { type ClientFrame, encodeError, encodeOk, FrameError, parseFrame } from "../../../src/protocols/json/frames.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { type Admission, type Connection, newSession, type SessionState } from "../connection.ts";
import { announcePresence, comesOnline } from "./presence.ts";
import { publish } from "./publish.ts";
import type { BrokerState } from "./state.ts";
import { deliverStored, subscribe, unsubscribe } from "./subscribe.ts";

const noProperties = new Uint8Array(0);

/** Accepts a client that its upgrade admitted. It has no client id, so nothing takes it over. */
export function enterJson(state: BrokerState, connection: Connection, admission: Admission): void {
  const { id } = connection.state;
  const given = { protocol: "json", version: 5, clientId: id, admission, connectedAt: state.now } as const;
  connection.state.session = newSession(given);
  const cameOnline = comesOnline(state, connection);
  state.register(connection);
  if (cameOnline !== null) announcePresence(state, cameOnline);
}

export function receiveJson(
  state: BrokerState,
  connection: Connection,
  session: SessionState,
  data: ArrayBuffer | string,
): void {
  try {
    if (typeof data !== "string") throw new FrameError(null, "bad_request", "Send text frames.");
    if (data.length > state.settings.maxPacketBytes) {
      throw new FrameError(
        null,
        "payload_too_large",
        `A frame has at most ${state.settings.maxPacketBytes} characters.`,
      );
    }
    const frame = parseFrame(data);
    if (frame.type === "publish") handlePublish(state, connection, frame);
    else if (frame.type === "subscribe") handleSubscribe(state, connection, session, frame);
    else {
      unsubscribe(state, connection, session, frame.topicFilter);
      if (frame.id !== null) state.send(connection, encodeOk(frame.id));
    }
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    state.send(connection, encodeError(error.id, error.code, error.message));
  }
}

function handlePublish(state: BrokerState, connection: Connection, frame: ClientFrame & { type: "publish" }): void {
  const { id, topic, payload, qos, retain } = frame;
  if (!isTopic(topic)) throw new FrameError(id, "bad_request", "A topic is not empty and has no wildcards.");
  if (!state.mayPublish(connection, topic)) {
    throw new FrameError(id, "forbidden", "This credential may not publish to this topic.");
  }
  const message = { topic, topicBytes: null, payload, qos, retain, properties: noProperties, expiresAt: null };
  const receivers = publish(state, message, connection, { canRefuse: true });
  if (receivers === null) {
    throw new FrameError(id, "quota_exceeded", "The hub holds as many retained messages as it may.");
  }
  if (id !== null) state.send(connection, encodeOk(id, { receivers }));
}

function handleSubscribe(
  state: BrokerState,
  connection: Connection,
  session: SessionState,
  frame: ClientFrame & { type: "subscribe" | "unsubscribe" },
): void {
  const { id, topicFilter } = frame;
  const request = { topicFilter, qos: 0, noLocal: false, retainAsPublished: false } as const;
  const made = subscribe(state, connection, session, request);
  if (typeof made === "number") {
    const [code, sentence] = refusals[made] ?? invalidFilter;
    throw new FrameError(id, code, sentence);
  }
  if (id !== null) state.send(connection, encodeOk(id));
  deliverStored(state, connection, topicFilter, made.qos);
}

const invalidFilter: [ErrorCode, string] = ["bad_request", "This is not a topic filter that can be subscribed to."];
const refusals: Record<number, [ErrorCode, string]> = {
  [reasonCode.notAuthorized]: ["forbidden", "This credential may not subscribe to this topic filter."],
  [reasonCode.quotaExceeded]: ["quota_exceeded", "The connection has as many subscriptions as it may."],
};
