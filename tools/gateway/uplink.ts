// From a client to the cloud: collects what TCP brings and sends it as frames that end where packets end, because a hub has
// to store what it gets of an unfinished packet. Changes no byte and no order; holds nothing that is whole.
import type { WebSocket } from "ws";
import { PacketCounter } from "./packet-counter.ts";
import type { Flow } from "./report.ts";

/** Above this a frame is not filled up further; a packet that is longer goes in pieces. */
const frameBytes = 65_536;
/** How long the beginning of a packet waits for the rest. Nobody can act on it; but a broken header must be answered. */
const partialWaitMs = 100;
/** What may wait in a WebSocket before the client is no longer read, and from where on it is again. */
const highWaterBytes = 262_144;
const lowWaterBytes = 65_536;

export interface UplinkOptions {
  flow: Flow;
  pause(): void;
  resume(): void;
}

export class Uplink {
  readonly #options: UplinkOptions;
  readonly #counter = new PacketCounter();
  #socket: WebSocket | null = null;
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Of those, up to the end of the last whole packet. */
  #wholeBytes = 0;
  #isPaused = false;
  #flushing: NodeJS.Immediate | null = null;
  #partial: NodeJS.Timeout | null = null;

  constructor(options: UplinkOptions) {
    this.#options = options;
  }

  get waitingBytes(): number {
    return this.#bytes;
  }

  /** The cloud has let the connection in: what has waited goes at once. */
  open(socket: WebSocket): void {
    this.#socket = socket;
    this.#flush();
    if (this.#isPaused) this.#resumeIfDrained();
  }

  take(chunk: Buffer): void {
    if (this.#bytes + chunk.length > frameBytes) this.#send(this.#wholeBytes);
    const packetsBefore = this.#counter.packets;
    const end = this.#counter.push(chunk);
    this.#options.flow.packets += this.#counter.packets - packetsBefore;
    if (end > 0) this.#wholeBytes = this.#bytes + end;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#counter.isLost) this.#wholeBytes = this.#bytes;
    if (this.#bytes - this.#wholeBytes >= frameBytes) this.#send(this.#bytes);
    this.#pauseIfFull();
    this.#flushing ??= setImmediate(() => this.#flush());
  }

  /** Sends what is there, unfinished packets too. */
  finish(): void {
    this.#send(this.#bytes);
    this.stop();
  }

  stop(): void {
    if (this.#flushing) clearImmediate(this.#flushing);
    if (this.#partial) clearTimeout(this.#partial);
    this.#flushing = this.#partial = null;
  }

  /** At the end of the turn of the event loop: whole packets now, the beginning of one a little later. */
  #flush(): void {
    this.#flushing = null;
    if (!this.#socket) return;
    this.#send(this.#wholeBytes);
    if (this.#bytes > 0) this.#partial ??= setTimeout(() => this.#send(this.#bytes), partialWaitMs);
  }

  /** The first `bytes` of what is there, as a frame. */
  #send(bytes: number): void {
    if (!this.#socket || bytes === 0) return;
    if (this.#partial) clearTimeout(this.#partial);
    this.#partial = null;
    const all = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks, this.#bytes);
    this.#chunks = bytes < all.length ? [all.subarray(bytes)] : [];
    this.#bytes -= bytes;
    this.#wholeBytes = Math.max(0, this.#wholeBytes - bytes);
    this.#options.flow.bytes += bytes;
    this.#options.flow.frames++;
    this.#socket.send(all.subarray(0, bytes), () => this.#resumeIfDrained());
  }

  #pauseIfFull(): void {
    const isFull = this.#socket ? this.#socket.bufferedAmount > highWaterBytes : this.#bytes >= frameBytes;
    if (!isFull || this.#isPaused) return;
    this.#isPaused = true;
    this.#options.pause();
  }

  #resumeIfDrained(): void {
    if (!this.#isPaused || !this.#socket || this.#socket.bufferedAmount > lowWaterBytes) return;
    this.#isPaused = false;
    this.#options.resume();
  }
}
