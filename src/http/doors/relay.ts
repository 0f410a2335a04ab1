// The relayed door: for clients that cannot name their hub. The Worker takes the socket, reads CONNECT, opens a second
// socket to the hub its password names, replays what it read and pipes. Costs about twice the CPU of the direct door.
import { waitUntil } from "cloudflare:workers";
import { HomeportError } from "../../errors.ts";
import { MqttError } from "../../protocols/mqtt/mqtt-error.ts";
import { reasonCode } from "../../protocols/mqtt/reason-codes.ts";
import { badCredentials, closeCode, closeReason, encodeRefusal } from "../../protocols/mqtt/refusal.ts";
import { type FirstPacket, maxConnectBytes, readFirstPacket } from "./first-packet.ts";

/** How long a client may take for its first packet. */
const connectWithinMs = 10_000;

export interface RelayOptions {
  /**
   * Opens a socket to the hub that CONNECT's password names; the answer's `webSocket` is missing when the hub cannot take
   * it. Throws `unauthenticated`, having woken nobody.
   */
  openHub(password: string): Promise<Response>;
}

/** Serves a socket that `accept` has not been called on. Returns at once; the events do the rest. */
export function relay(client: WebSocket, options: RelayOptions): void {
  const waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let hub: WebSocket | null = null;
  let isOpening = false;
  let goodbye: { code: number; reason: string } | null = null;

  const timer = setTimeout(
    () => refuse(new MqttError(reasonCode.notAuthorized, "No CONNECT was sent in time.")),
    connectWithinMs,
  );

  function refuse(error: MqttError): void {
    clearTimeout(timer);
    const refusal = encodeRefusal(error);
    if (refusal) client.send(refusal);
    client.close(closeCode(error.reasonCode), closeReason(error.message));
  }

  async function open({ password }: FirstPacket): Promise<void> {
    isOpening = true;
    clearTimeout(timer);
    const { webSocket } = await options.openHub(password);
    if (!webSocket) throw new Error("the hub did not take the socket");
    webSocket.binaryType = "arraybuffer";
    webSocket.accept();
    hub = webSocket;
    pipe(hub, client);
    for (const frame of waiting.splice(0)) hub.send(frame);
    if (goodbye) end(goodbye);
  }

  function firstFrame(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) {
      throw new MqttError(reasonCode.protocolError, "MQTT travels in binary frames; this was a text frame.");
    }
    waiting.push(new Uint8Array(data));
    waitingBytes += data.byteLength;
    if (isOpening) {
      if (waitingBytes <= maxWaitingBytes) return;
      throw new MqttError(reasonCode.quotaExceeded, "Too much was sent before CONNECT was answered.");
    }
    const packet = readFirstPacket(Buffer.concat(waiting));
    if (packet === null) return;
    // Goes on when the client leaves meanwhile, or what it said before would not be heard.
    waitUntil(open(packet).catch((error: unknown) => refuse(refusalOf(error, packet))));
  }

  client.binaryType = "arraybuffer";
  client.accept();
  client.addEventListener("message", ({ data }) => {
    if (hub) return hub.send(data);
    try {
      firstFrame(data);
    } catch (error) {
      if (!(error instanceof MqttError)) throw error;
      refuse(error);
    }
  });
  client.addEventListener("close", ({ code, reason }) => {
    clearTimeout(timer);
    goodbye = { code, reason };
    // What a client said before it left is still to be told to its hub.
    if (hub || !isOpening) end(goodbye);
  });

  function end({ code, reason }: { code: number; reason: string }): void {
    closeLike(client, code, reason);
    if (hub) closeLike(hub, code, reason);
  }
}

function refusalOf(error: unknown, { version }: FirstPacket): MqttError {
  if (error instanceof HomeportError && error.code === "unauthenticated") return badCredentials(version);
  return new MqttError(reasonCode.serverUnavailable, "The hub cannot be reached. Try again.", version);
}

/** What a client may send on top of a CONNECT while its hub is being opened. */
const maxWaitingBytes = maxConnectBytes * 4;

/** From the hub to the client, until either ends. */
function pipe(hub: WebSocket, client: WebSocket): void {
  hub.addEventListener("message", ({ data }) => {
    if (client.readyState === WebSocket.OPEN) client.send(data);
  });
  hub.addEventListener("close", ({ code, reason }) => {
    closeLike(hub, code, reason);
    closeLike(client, code, reason);
  });
}

/** Passes a close on; codes that only a runtime may report (1005, 1006, 1015) become 1001, going away. */
function closeLike(socket: WebSocket, code: number, reason: string): void {
  try {
    const isSendable = code === 1000 || (code > 1000 && code < 5000 && ![1004, 1005, 1006, 1015].includes(code));
    socket.close(code === 1005 ? 1000 : isSendable ? code : 1001, reason);
  } catch {
    // Closed already.
  }
}
