// Drives a hub over the JSON protocol. For tests in the runtime.
import { upgrade } from "./mqtt-client.ts";

const patienceMs = 2000;
const silenceMs = 60;

export type JsonFrame = Record<string, unknown>;

export class JsonClient {
  readonly #socket: WebSocket;
  readonly #frames: string[] = [];
  #wake: (() => void) | null = null;
  readonly closed: Promise<{ code: number; reason: string }>;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      this.#frames.push(data as string);
      this.#wake?.();
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code, reason }) => {
        resolve({ code, reason });
        socket.close();
      });
    });
    socket.accept();
  }

  static async open(headers: Record<string, string>): Promise<JsonClient> {
    const response = await upgrade("/v1/connect", { "sec-websocket-protocol": "homeport.json.v1", ...headers });
    if (!response.webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
    return new JsonClient(response.webSocket);
  }

  static withToken(token: string): Promise<JsonClient> {
    return JsonClient.open({ authorization: `Bearer ${token}` });
  }

  send(frame: JsonFrame | string | Uint8Array): void {
    this.#socket.send(typeof frame === "string" || frame instanceof Uint8Array ? frame : JSON.stringify(frame));
  }

  drop(): void {
    this.#socket.close(1000, "");
  }

  async nextText(): Promise<string> {
    const deadline = Date.now() + patienceMs;
    while (this.#frames.length === 0) {
      if (Date.now() > deadline) throw new Error(`no frame came within ${patienceMs} ms`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        setTimeout(resolve, 50);
      });
    }
    return this.#frames.shift() as string;
  }

  async next(): Promise<JsonFrame> {
    return JSON.parse(await this.nextText()) as JsonFrame;
  }

  /** Sends a frame with an id and returns the answer to it. */
  async ask(frame: JsonFrame): Promise<JsonFrame> {
    this.send({ id: 1, ...frame });
    return this.next();
  }

  async expectSilence(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, silenceMs));
    const frame = this.#frames.shift();
    if (frame !== undefined) throw new Error(`expected silence, got ${frame}`);
  }
}
