// A queued message as a check-in's answer has it.
import type { WaitingMessage } from "../../../src/domain/check-ins.ts";
import type { Message } from "../broker/message.ts";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function waitingMessage(deviceId: string, { topic: whole, payload }: Message): WaitingMessage {
  const topic = whole.slice(`devices/${deviceId}/`.length);
  try {
    return { topic, payload: strict.decode(payload) };
  } catch {
    return { topic, payloadBase64: Buffer.from(payload).toString("base64") };
  }
}
