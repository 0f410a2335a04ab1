// The JSON protocol on the broker: what a frame asks for is done as for an MQTT 5 client at QoS 0, and answered in JSON.
// A bad frame is answered and costs nothing else; the connection goes on.
import { isTopic } from "../../../src/domain/topics.ts";
import type { ErrorCode } from "../../../src/errors.ts";
import { type ClientFrame, encodeError, encodeOk, FrameError, parseFrame } from "../../../src/protocols/json/frames.ts";
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import { type Admission, type Connection, newClient } from "../connection.ts";
import { announcePresence, comesOnline } from "./presence.ts";
import { publish } from "./publish.ts";
import { isOverRate, refused, refusesToStore } from "./quotas.ts";
import type { Session } from "./session.ts";
import { openSession } from "./session-life.ts";
import type { BrokerState } from "./state.ts";
import { deliverStored, subscribe, unsubscribe } from "./subscribe.ts";

const noProperties = new Uint8Array(0);

/** Accepts a client that its upgrade admitted. Its client id is its connection's, so nothing takes it over. */
export function enterJson(state: BrokerState, connection: Connection, admission: Admission): void {
  const { id: clientId } = connection.state;
  connection.state.client = newClient({ protocol: "json", version: 5, admission, connectedAt: state.now });
  const cameOnline = comesOnline(state, connection);
  openSession(state, connection, { holder: admission.holder, clientId, cleanStart: true, expirySeconds: 0 });
  state.joinDevice(connection);
  for (const part of state.parts) part.connected?.(connection);
  if (cameOnline !== null) announcePresence(state, cameOnline);
}

export function receiveJson(state: BrokerState, connection: Connection, data: ArrayBuffer | string): void {
  const session = connection.session as Session;
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
    if (frame.type === "publish") handlePublish(state, connection, session, frame);
    else if (frame.type === "subscribe") handleSubscribe(state, connection, session, frame);
    else {
      unsubscribe(state, session, frame.topicFilter);
      if (frame.id !== null) state.send(connection, encodeOk(frame.id));
    }
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    state.send(connection, encodeError(error.id, error.code, error.message));
  }
}

function handlePublish(
  state: BrokerState,
  connection: Connection,
  session: Session,
  frame: ClientFrame & { type: "publish" },
): void {
  const { id, topic, payload, qos, retain } = frame;
  if (!isTopic(topic)) throw new FrameError(id, "bad_request", "A topic is not empty and has no wildcards.");
  if (!state.mayPublish(connection, topic)) {
    refused(state, connection, topic, reasonCode.notAuthorized);
    throw new FrameError(id, "forbidden", "This credential may not publish to this topic.");
  }
  const message = { topic, topicBytes: null, payload, qos, retain, properties: noProperties, expiresAt: null };
  if (isOverRate(state, connection, payload.length) || refusesToStore(state, message)) {
    refused(state, connection, topic, reasonCode.quotaExceeded);
    throw new FrameError(id, "rate_limited", "More is published than this hub takes. Send it again, later and slower.");
  }
  const receivers = publish(state, message, session, { canRefuse: true });
  if (receivers === null) {
    refused(state, connection, topic, reasonCode.quotaExceeded);
    throw new FrameError(id, "quota_exceeded", "The hub holds as many retained messages as it may.");
  }
  if (id !== null) state.send(connection, encodeOk(id, { receivers }));
}

function handleSubscribe(
  state: BrokerState,
  connection: Connection,
  session: Session,
  frame: ClientFrame & { type: "subscribe" | "unsubscribe" },
): void {
  const { id, topicFilter } = frame;
  const request = { topicFilter, qos: 0, noLocal: false, retainAsPublished: false, subscriptionId: null } as const;
  const made = subscribe(state, connection, session, request);
  if (typeof made === "number") {
    const [code, sentence] = refusals[made] ?? invalidFilter;
    throw new FrameError(id, code, sentence);
  }
  if (id !== null) state.send(connection, encodeOk(id));
  deliverStored(state, session, topicFilter, made.delivery);
}

const invalidFilter: [ErrorCode, string] = ["bad_request", "This is not a topic filter that can be subscribed to."];
const refusals: Record<number, [ErrorCode, string]> = {
  [reasonCode.notAuthorized]: ["forbidden", "This credential may not subscribe to this topic filter."],
  [reasonCode.quotaExceeded]: ["quota_exceeded", "The connection has as many subscriptions as it may."],
};
