// One attempt to open a WebSocket to the cloud, and in words why it failed.
import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";

export interface HandshakeOptions {
  url: string;
  token: string | null;
}

export interface HandshakeFailure {
  /** null: there was no answer at all. */
  status: number | null;
  reason: string;
  /** What the answer asked for. */
  retryAfterMs: number;
}

export interface HandshakeEvents {
  opened(socket: WebSocket): void;
  failed(failure: HandshakeFailure): void;
}

const handshakeTimeoutMs = 10_000;
/** The longest message that the platform passes on. */
const maxMessageBytes = 32 * 1024 * 1024;
/** Of the body of a refusal. */
const maxReasonBytes = 2048;
const maxRetryAfterMs = 60_000;

/** Calls exactly one of `events`, once, and neither after the function it returns was called, which gives up. */
export function shakeHands({ url, token }: HandshakeOptions, events: HandshakeEvents): () => void {
  const headers: Record<string, string> = { "user-agent": "homeport-gateway" };
  if (token !== null) headers.authorization = `Bearer ${token}`;
  const socket = new WebSocket(url, ["mqtt"], {
    headers,
    handshakeTimeout: handshakeTimeoutMs,
    maxPayload: maxMessageBytes,
    perMessageDeflate: false,
  });
  let isSettled = false;
  const fail = (failure: HandshakeFailure): void => {
    if (isSettled) return;
    isSettled = true;
    socket.terminate();
    events.failed(failure);
  };
  socket.on("error", (error) => fail({ status: null, reason: errorText(error), retryAfterMs: 0 }));
  socket.once("unexpected-response", (_request, response) => {
    void readRefusal(response).then(fail);
  });
  socket.once("open", () => {
    isSettled = true;
    events.opened(socket);
  });
  return () => {
    isSettled = true;
    socket.terminate();
  };
}

/** An error of several addresses has no message of its own. */
function errorText(error: Error & { code?: string; errors?: Error[] }): string {
  const [first] = error.errors ?? [];
  return error.message || first?.message || error.code || error.name;
}

async function readRefusal(response: IncomingMessage): Promise<HandshakeFailure> {
  const status = response.statusCode ?? 0;
  const { location, "retry-after": retryAfter = "" } = response.headers;
  let body = "";
  try {
    for await (const chunk of response.setEncoding("utf8")) {
      body += chunk;
      if (body.length > maxReasonBytes) break;
    }
  } catch {
    // the status says enough
  }
  const said = location === undefined ? sentenceOf(body) : `moved to ${location}`;
  const retryAfterMs = Math.min(Number(retryAfter) * 1000 || 0, maxRetryAfterMs);
  return { status, reason: `${status} ${response.statusMessage}${said && `: ${said}`}`, retryAfterMs };
}

/** The message of an error of the API, or the first line of whatever else it is. */
function sentenceOf(body: string): string {
  try {
    const { error } = JSON.parse(body) as { error?: { message?: unknown } };
    if (typeof error?.message === "string") return error.message;
  } catch {
    // not ours
  }
  return (body.trim().split("\n")[0] ?? "").replaceAll(/[^\x20-\x7e]/g, "").slice(0, 200);
}
