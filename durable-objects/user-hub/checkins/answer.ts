// The answer to a check-in: what waits for the device, and a tag that stays the same until something changes.
import { createHash } from "node:crypto";
import type { CheckInAnswer, WaitingMessage } from "../../../src/domain/check-ins.ts";
import type { Collected } from "../broker/check-in-session.ts";
import type { Message } from "../broker/message.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function answerOf(
  deviceId: string,
  { messages: queued, more }: Collected,
  told: Pick<CheckInAnswer, "delta" | "shadows" | "checkInSeconds">,
): CheckInAnswer {
  const messages = queued.map(({ message }) => waitingMessage(deviceId, message));
  const last = queued.at(-1);
  const content = { ...told, messages, cursor: last ? String(last.seq) : null, more };
  const etag = createHash("sha256").update(JSON.stringify(content)).digest("base64url").slice(0, 16);
  return { etag, ...content };
}

function waitingMessage(deviceId: string, { topic: whole, payload }: Message): WaitingMessage {
  const topic = whole.slice(`devices/${deviceId}/`.length);
  try {
    return { topic, payload: strict.decode(payload) };
  } catch {
    return { topic, payloadBase64: Buffer.from(payload).toString("base64") };
  }
}
