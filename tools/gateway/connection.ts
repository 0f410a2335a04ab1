// One TCP connection and its WebSocket: the bytes of one go to the other, both ways, as fast as the slower side takes them,
// and the end of one is the end of the other.
import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Cloud, Visitor } from "./cloud.ts";
import { PacketCounter } from "./packet-counter.ts";
import type { Counts } from "./report.ts";
import { Uplink } from "./uplink.ts";

/** A client's first bytes, and the cloud's first answer. */
const firstBytesWithinMs = 10_000;
const answeredWithinMs = 20_000;
/** A cloud that has sent nothing for so long is pinged, which costs nothing and wakes no hub; then it has so long again. */
const pingAfterMs = 30_000;
/** A client that takes nothing of what waits for it. */
const stalledAfterMs = 120_000;
/** After its end a client's last bytes are read and dropped: unread, they would make the system discard the answer to them. */
const lingerMs = 2000;
const keepAliveMs = 60_000;

export interface ConnectionOptions {
  tcp: Socket;
  cloud: Cloud;
  counts: Counts;
  onClosed(): void;
}

export class Connection implements Visitor {
  readonly #tcp: Socket;
  readonly #cloud: Cloud;
  readonly #counts: Counts;
  readonly #uplink: Uplink;
  readonly #answers = new PacketCounter();
  /** Once, when both sides are over. */
  readonly #onClosed: () => void;
  readonly #silence: NodeJS.Timeout;
  #entry: ReturnType<Cloud["enter"]> | null = null;
  #socket: WebSocket | null = null;
  #hasEnded = false;
  #isAnswered = false;
  #isCorked = false;
  #isOver = false;
  #openedAt = 0;
  #heardAt = 0;
  #pingedAt: number | null = null;
  #stalledAt: number | null = null;

  constructor({ tcp, cloud, counts, onClosed }: ConnectionOptions) {
    this.#tcp = tcp;
    this.#cloud = cloud;
    this.#counts = counts;
    this.#onClosed = onClosed;
    this.#uplink = new Uplink({ flow: counts.toCloud, pause: () => tcp.pause(), resume: () => tcp.resume() });
    this.#silence = setTimeout(() => {
      counts.silent++;
      tcp.destroy();
    }, firstBytesWithinMs);
    tcp.setNoDelay(true);
    tcp.setKeepAlive(true, keepAliveMs);
    tcp.on("data", (chunk: Buffer) => this.#fromClient(chunk));
    tcp.on("end", () => this.#clientEnded());
    tcp.on("drain", () => this.#drained());
    tcp.on("error", () => {}); // "close" follows
    tcp.on("close", () => this.#clientGone());
  }

  /** The client has closed its side: there is no use in a second try. */
  get hasLeft(): boolean {
    return this.#hasEnded;
  }

  opened(socket: WebSocket): void {
    this.#entry = null;
    this.#socket = socket;
    this.#openedAt = this.#heardAt = performance.now();
    socket.on("message", (data: Buffer, isBinary) => this.#fromCloud(data, isBinary));
    socket.on("pong", () => this.#heard());
    socket.on("close", (code) => this.#cloudClosed(code));
    this.#uplink.open(socket);
    if (this.#hasEnded) this.#uplink.finish(); // #fromCloud closes
  }

  turnedAway(): void {
    this.#entry = null;
    this.#endClient();
  }

  /** Called now and then: finds what has gone silent without a word. */
  sweep(now: number): void {
    const socket = this.#socket;
    if (!socket || socket.readyState !== socket.OPEN) return;
    if (socket.isPaused) {
      // What the cloud sends cannot be seen; it is the client who does not read.
      if (now - (this.#stalledAt ?? now) < stalledAfterMs) return;
      this.#counts.stalled++;
      this.#tcp.destroy();
    } else if (!this.#isAnswered && now - this.#openedAt > answeredWithinMs) {
      this.#counts.silent++;
      socket.close(1000);
    } else if (this.#pingedAt !== null && now - this.#pingedAt > pingAfterMs) {
      socket.terminate();
    } else if (this.#pingedAt === null && now - this.#heardAt > pingAfterMs) {
      this.#pingedAt = now;
      socket.ping();
    }
  }

  /** The gateway ends: as if the cloud had gone. */
  shutDown(): void {
    this.#uplink.finish();
    this.#socket?.close(1001);
    this.#endClient();
  }

  #fromClient(chunk: Buffer): void {
    clearTimeout(this.#silence);
    if (this.#hasEnded || this.#tcp.writableEnded) return;
    this.#uplink.take(chunk);
    if (!this.#socket) this.#entry ??= this.#cloud.enter(this);
  }

  /**
   * Half closed: what it sent before goes to the cloud, what the cloud still answers comes back. A CONNECT that is on its
   * way is waited for: the relayed door forgets a client that left before its hub was found.
   */
  #clientEnded(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#uplink.finish();
    if (this.#isAnswered) return this.#closeSocket();
    if (this.#socket || this.#entry?.isTrying()) return; // an answer follows, or turnedAway(), or a sweep
    this.#entry?.leave(); // a client that gave up waiting may be back already, and would be taken over from by its own past
    this.#endClient();
  }

  #clientGone(): void {
    clearTimeout(this.#silence);
    this.#hasEnded = true;
    this.#entry?.leave();
    this.#closeSocket();
    this.#socket?.resume(); // nobody else would read the answer to the close frame
    this.#closedIfOver();
  }

  #closeSocket(): void {
    this.#uplink.finish();
    this.#socket?.close(1000);
  }

  #fromCloud(data: Buffer, isBinary: boolean): void {
    this.#heard();
    if (!isBinary) {
      this.#socket?.close(1003, "MQTT travels in binary frames.");
      return;
    }
    if (!this.#isAnswered && this.#hasEnded) setImmediate(() => this.#closeSocket());
    this.#isAnswered = true;
    const packetsBefore = this.#answers.packets;
    this.#answers.push(data);
    const flow = this.#counts.fromCloud;
    flow.packets += this.#answers.packets - packetsBefore;
    flow.frames++;
    flow.bytes += data.length;
    if (!this.#tcp.writable) return;
    if (!this.#isCorked) this.#cork();
    if (!this.#tcp.write(data)) {
      this.#stalledAt ??= performance.now();
      this.#socket?.pause();
    }
  }

  /** All frames of one turn of the event loop become one write. */
  #cork(): void {
    this.#isCorked = true;
    this.#tcp.cork();
    setImmediate(() => {
      this.#isCorked = false;
      this.#tcp.uncork();
    });
  }

  #heard(): void {
    this.#heardAt = performance.now();
    this.#pingedAt = null;
  }

  #drained(): void {
    this.#stalledAt = null;
    this.#heard(); // what came meanwhile was not looked at
    this.#socket?.resume();
  }

  #cloudClosed(code: number): void {
    this.#uplink.stop();
    if (code === 1006 && !this.#hasEnded) this.#counts.lost++;
    this.#endClient();
    this.#closedIfOver();
  }

  /** FIN, behind everything that was received. */
  #endClient(): void {
    clearTimeout(this.#silence);
    if (this.#tcp.destroyed || this.#tcp.writableEnded) return;
    const destroyAfter = (ms: number): unknown => setTimeout(() => this.#tcp.destroy(), ms).unref();
    this.#tcp.end(() => destroyAfter(lingerMs));
    destroyAfter(stalledAfterMs);
    this.#tcp.resume();
  }

  #closedIfOver(): void {
    const isCloudOver = !this.#socket || this.#socket.readyState === this.#socket.CLOSED;
    if (!isCloudOver || !this.#tcp.closed || this.#isOver) return;
    this.#isOver = true;
    this.#onClosed();
  }
}
