// The JSON protocol: one text frame holds one object. For browsers and small clients that have no MQTT library.
// docs/protocols.md is its specification.
import type { ErrorCode } from "../../errors.ts";
import { HomeportError } from "../../errors.ts";

export const jsonSubprotocol = "homeport.json.v1";

/** Chosen by the client, returned in the answer. */
export type FrameId = string | number;

export type ClientFrame =
  | { type: "publish"; id: FrameId | null; topic: string; payload: Uint8Array; qos: 0 | 1; retain: boolean }
  | { type: "subscribe" | "unsubscribe"; id: FrameId | null; topicFilter: string };

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const fields = {
  publish: ["type", "id", "topic", "payload", "payloadBase64", "qos", "retain"],
  subscribe: ["type", "id", "topicFilter"],
  unsubscribe: ["type", "id", "topicFilter"],
} as const;

/** A frame that cannot be carried out; `id` is the frame's, if it could be read. */
export class FrameError extends HomeportError {
  readonly id: FrameId | null;
  constructor(id: FrameId | null, code: ErrorCode, message: string) {
    super(code, message);
    this.id = id;
  }
}

/** Throws FrameError (`bad_request`) with a sentence for whatever is not a frame. */
export function parseFrame(text: string): ClientFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new FrameError(null, "bad_request", "A frame is one JSON object.");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new FrameError(null, "bad_request", "A frame is one JSON object.");
  }
  const frame = value as Record<string, unknown>;
  const id = readId(frame.id);
  const { type } = frame;
  if (type !== "publish" && type !== "subscribe" && type !== "unsubscribe") {
    throw new FrameError(id, "bad_request", "`type` must be publish, subscribe or unsubscribe.");
  }
  const unknown = Object.keys(frame).find((key) => !(fields[type] as readonly string[]).includes(key));
  if (unknown !== undefined) {
    throw new FrameError(id, "bad_request", `\`${unknown.slice(0, 40)}\` is not a field of ${type}.`);
  }
  if (type === "publish") return { type, id, ...readMessage(id, frame) };
  return { type, id, topicFilter: readText(id, frame, "topicFilter") };
}

function readId(id: unknown): FrameId | null {
  if (id === undefined || id === null) return null;
  if (typeof id === "number" || (typeof id === "string" && id.length <= 64)) return id;
  throw new FrameError(null, "bad_request", "`id` must be a number or a string of at most 64 characters.");
}

function readText(id: FrameId | null, frame: Record<string, unknown>, field: string): string {
  const value = frame[field];
  // A lone surrogate has no UTF-8 form: it could not be told from U+FFFD further on.
  if (typeof value === "string" && value.isWellFormed()) return value;
  throw new FrameError(id, "bad_request", `\`${field}\` must be a string.`);
}

function readMessage(id: FrameId | null, frame: Record<string, unknown>) {
  const { qos = 0, retain = false } = frame;
  if (qos !== 0 && qos !== 1) throw new FrameError(id, "bad_request", "`qos` must be 0 or 1.");
  if (typeof retain !== "boolean") throw new FrameError(id, "bad_request", "`retain` must be true or false.");
  return { topic: readText(id, frame, "topic"), payload: readPayload(id, frame), qos, retain } as const;
}

/** A string is sent as its UTF-8, any other JSON value as its JSON text, `payloadBase64` as the bytes it stands for. */
function readPayload(id: FrameId | null, frame: Record<string, unknown>): Uint8Array {
  const { payload, payloadBase64 } = frame;
  if ((payload === undefined) === (payloadBase64 === undefined)) {
    throw new FrameError(id, "bad_request", "Give either `payload` or `payloadBase64`.");
  }
  if (payload !== undefined) return encoder.encode(typeof payload === "string" ? payload : JSON.stringify(payload));
  if (typeof payloadBase64 === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(payloadBase64)) {
    return new Uint8Array(Buffer.from(payloadBase64, "base64"));
  }
  throw new FrameError(id, "bad_request", "`payloadBase64` must be base64.");
}

/** A message to a client: `payload` as text if it is UTF-8, else `payloadBase64`. */
export function encodeMessage(message: { topic: string; payload: Uint8Array; retain: boolean }): string {
  const { topic, payload, retain } = message;
  return JSON.stringify({ type: "message", topic, ...payloadField(payload), ...(retain && { retain }) });
}

function payloadField(payload: Uint8Array): { payload: string } | { payloadBase64: string } {
  try {
    return { payload: strictDecoder.decode(payload) };
  } catch {
    return { payloadBase64: Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString("base64") };
  }
}

/** The frame with this id was carried out. */
export function encodeOk(id: FrameId, more: { receivers?: number } = {}): string {
  return JSON.stringify({ type: "ok", id, ...more });
}

/** The frame with this id was not carried out, or (without id) the connection ends. */
export function encodeError(id: FrameId | null, code: ErrorCode, message: string): string {
  return JSON.stringify({ type: "error", ...(id !== null && { id }), code, message });
}
