// Retained messages, as the hub pages them.
import type { ExportSource } from "../export-work.ts";

const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export const retainedMessages: ExportSource = {
  async read(work, position) {
    if (work.hub === null) return null;
    const after = position as string | null;
    const page = await work.ask(work.hub, (stub, call) => stub.retainedMessages(after, call));
    for (const { payload, ...message } of page.items) {
      await work.write({ type: "retainedMessage", ...message, ...payloadOf(payload) });
    }
    return page.nextCursor;
  },
};

function payloadOf(bytes: Uint8Array): { payload: string } | { payloadBase64: string } {
  try {
    return { payload: text.decode(bytes) };
  } catch {
    return { payloadBase64: Buffer.from(bytes).toString("base64") };
  }
}
