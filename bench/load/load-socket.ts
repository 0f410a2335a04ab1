// A WebSocket client that costs little: it sends frames made beforehand and counts the MQTT packets in those that come back.
// Understands only what the compared servers send: whole binary frames, unmasked.
import { createConnection, type Socket } from "node:net";

/** One for all sockets: each read is dealt with before the next one begins. */
const readBuffer = Buffer.allocUnsafe(65_536);

/** Packet types of MQTT. */
export const connack = 2;
export const publish = 3;
export const puback = 4;
export const pubrec = 5;
export const pubrel = 6;
export const pubcomp = 7;

/** Opcodes of WebSocket. */
const binaryFrame = 2;
const closeFrame = 8;

export class LoadSocket {
  readonly #socket: Socket;
  /** The beginning of a frame, and of a packet, that is not there yet; empty most of the time. */
  #rest: Buffer = Buffer.alloc(0);
  #restOfPacket: Buffer = Buffer.alloc(0);
  #isOpen = false;
  #opened: (error?: Error) => void = () => {};
  /** Called for each MQTT packet: its type, its bytes, and where it and its body begin. */
  onPacket: (type: number, bytes: Buffer, body: number) => void = () => {};
  /** Called after the packets of a frame. */
  onFrame: () => void = () => {};
  onClose: () => void = () => {};

  private constructor(port: number, path: string) {
    this.#socket = createConnection({
      host: "127.0.0.1",
      port,
      noDelay: true,
      onread: { buffer: readBuffer, callback: (length, buffer) => this.#read(buffer as Buffer, length) },
    });
    this.#socket.on("error", (error) => this.#opened(error));
    this.#socket.on("close", () => {
      this.#opened(new Error("The server closed the connection."));
      this.onClose();
    });
    this.#socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n",
    );
  }

  /** Settles when the server has agreed to speak WebSocket. */
  static open(port: number, path: string): Promise<LoadSocket> {
    return new Promise((resolve, reject) => {
      const socket: LoadSocket = new LoadSocket(port, path);
      socket.#opened = (error) => (error ? reject(error) : resolve(socket));
    });
  }

  write(frame: Buffer): void {
    this.#socket.write(frame);
  }

  destroy(): void {
    this.onClose = () => {};
    this.#socket.destroy();
  }

  #read(buffer: Buffer, length: number): boolean {
    let bytes = buffer.subarray(0, length);
    if (this.#rest.length > 0) bytes = Buffer.concat([this.#rest, bytes]);
    let offset = this.#isOpen ? 0 : this.#readAnswer(bytes);
    while (this.#isOpen && offset < bytes.length) {
      const end = this.#readFrame(bytes, offset);
      if (end === null) break;
      offset = end;
    }
    this.#rest = offset < bytes.length ? Buffer.from(bytes.subarray(offset)) : bytes.subarray(0, 0);
    return true;
  }

  /** Where the answer to the upgrade ends; 0 while it is incomplete. */
  #readAnswer(bytes: Buffer): number {
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) return 0;
    const status = bytes.toString("latin1", 0, end).split("\r\n")[0] ?? "";
    if (!status.includes(" 101 ")) {
      this.#opened(new Error(`The server answered ${status}.`));
      this.#socket.destroy();
      return 0;
    }
    this.#isOpen = true;
    this.#opened();
    return end + 4;
  }

  /** Where the frame at `offset` ends; null while it is incomplete. */
  #readFrame(bytes: Buffer, offset: number): number | null {
    if (offset + 2 > bytes.length) return null;
    const short = (bytes[offset + 1] as number) & 127;
    const start = offset + (short < 126 ? 2 : 4);
    if (start > bytes.length) return null;
    const end = start + (short < 126 ? short : bytes.readUInt16BE(offset + 2));
    if (end > bytes.length) return null;
    const opcode = (bytes[offset] as number) & 15;
    if (opcode === binaryFrame) this.#readPackets(bytes, start, end);
    else if (opcode === closeFrame) this.#socket.destroy();
    return end;
  }

  /** A packet may be spread over frames, as aedes does. Here it has a remaining length of one or two bytes. */
  #readPackets(bytes: Buffer, start: number, end: number): void {
    if (this.#restOfPacket.length > 0) {
      const joined = Buffer.concat([this.#restOfPacket, bytes.subarray(start, end)]);
      this.#restOfPacket = bytes.subarray(0, 0);
      return this.#readPackets(joined, 0, joined.length);
    }
    let at = start;
    while (at + 2 < end) {
      const low = bytes[at + 1] as number;
      const body = low < 128 ? at + 2 : at + 3;
      const length = low < 128 ? low : (low & 127) | ((bytes[at + 2] as number) << 7);
      if (body + length > end) break;
      this.onPacket((bytes[at] as number) >> 4, bytes, body);
      at = body + length;
    }
    if (at < end) this.#restOfPacket = Buffer.from(bytes.subarray(at, end));
    this.onFrame();
  }
}
