// Drives a hub as a client would, packet by packet, with mqtt-packet as the independent codec. For tests in the runtime.
import { exports } from "cloudflare:workers";
import mqttPacket, { type IConnectPacket, type Packet } from "mqtt-packet";

type ConnectOptions = Omit<Partial<IConnectPacket>, "password"> & { password?: string };

/** How long a test waits for what must come, and for what must not. */
const patienceMs = 2000;
const silenceMs = 60;

export class TestClient {
  readonly #socket: WebSocket;
  /** What came of a packet that has not come whole. */
  #rest: Uint8Array = new Uint8Array(0);
  readonly #packets: Uint8Array[] = [];
  readonly #waiting: ((packet: Uint8Array) => void)[] = [];
  /** Sizes of the frames received. */
  readonly frames: number[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  version: 4 | 5 = 5;
  /** The answer to `connect`. */
  connack: Extract<Packet, { cmd: "connack" }> | undefined;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      this.frames.push((data as ArrayBuffer).byteLength);
      for (const packet of this.#wholePackets(data as ArrayBuffer)) {
        const next = this.#waiting.shift();
        if (next) next(packet);
        else this.#packets.push(packet);
      }
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code, reason }) => {
        resolve({ code, reason });
        socket.close();
      });
    });
    socket.accept();
  }

  #wholePackets(frame: ArrayBuffer): Uint8Array[] {
    const bytes = new Uint8Array(Buffer.concat([this.#rest, new Uint8Array(frame)]));
    const packets: Uint8Array[] = [];
    let start = 0;
    for (let end = packetEnd(bytes, 0); end !== null; end = packetEnd(bytes, start)) {
      packets.push(bytes.subarray(start, end));
      start = end;
    }
    this.#rest = bytes.subarray(start);
    return packets;
  }

  #decode(bytes: Uint8Array): Packet {
    const parser = mqttPacket.parser({ protocolVersion: this.version });
    const decoded: Packet[] = [];
    parser.on("packet", (packet: Packet) => decoded.push(packet));
    parser.on("error", (error: Error) => {
      throw error;
    });
    parser.parse(Buffer.from(bytes));
    if (!decoded[0]) throw new Error(`not a packet: ${hex(bytes)}`);
    return decoded[0];
  }

  encode(packet: Packet): Buffer {
    return mqttPacket.generate(packet, { protocolVersion: this.version });
  }

  /** Sends packets in one frame. */
  send(...packets: Packet[]): void {
    this.sendBytes(Buffer.concat(packets.map((packet) => this.encode(packet))));
  }

  sendBytes(bytes: Uint8Array | number[]): void {
    this.#socket.send(new Uint8Array(bytes));
  }

  sendText(text: string): void {
    this.#socket.send(text);
  }

  /** Closes the socket without DISCONNECT. */
  drop(): void {
    this.#socket.close(1000, "");
  }

  /** The next packet as it came. */
  async nextBytes(): Promise<Uint8Array> {
    const present = this.#packets.shift();
    if (present) return present;
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    this.#waiting.push(resolve);
    return within(promise, "no packet came");
  }

  /** The next packet as it came, such as `40 02 00 01`. */
  async nextHex(): Promise<string> {
    return hex(await this.nextBytes());
  }

  /** What came and was not asked for, all of it once the socket is closed. */
  remainingHex(): string[] {
    return this.#packets.splice(0).map(hex);
  }

  async nextPacket(): Promise<Packet> {
    return this.#decode(await this.nextBytes());
  }

  /** The next packet, which must be of this kind. */
  async next<C extends Packet["cmd"]>(cmd: C): Promise<Extract<Packet, { cmd: C }>> {
    const packet = await this.nextPacket();
    if (packet.cmd !== cmd) throw new Error(`expected ${cmd}, got ${JSON.stringify(packet)}`);
    return packet as Extract<Packet, { cmd: C }>;
  }

  /** The next message as topic and text. */
  async nextMessage(): Promise<{ topic: string; text: string; qos: number; retain: boolean; messageId?: number }> {
    const { topic, payload, qos, retain, messageId } = await this.next("publish");
    return { topic, text: payload.toString(), qos, retain, ...(messageId !== undefined && { messageId }) };
  }

  async expectNoPacket(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, silenceMs));
    const packet = this.#packets.shift();
    if (packet) throw new Error(`expected silence, got ${JSON.stringify(this.#decode(packet))}`);
  }

  async expectClosed(): Promise<{ code: number; reason: string }> {
    return within(this.closed, "the socket was not closed");
  }

  /** CONNECT and the CONNACK to it. */
  async connect(options: ConnectOptions): Promise<Extract<Packet, { cmd: "connack" }>> {
    this.send(connectPacket(options, this));
    this.connack = await this.next("connack");
    return this.connack;
  }

  async subscribe(
    ...filters: (string | { topic: string; qos?: 0 | 1 | 2; nl?: boolean; rap?: boolean; rh?: 0 | 1 | 2 })[]
  ) {
    const subscriptions = filters.map((filter) => ({
      qos: 0 as const,
      ...(typeof filter === "string" ? { topic: filter } : filter),
    }));
    this.send({ cmd: "subscribe", messageId: 10, subscriptions });
    return (await this.next("suback")).granted;
  }

  publish(
    topic: string,
    payload: string,
    options: { qos?: 0 | 1 | 2; retain?: boolean; messageId?: number } = {},
  ): void {
    this.send(publishPacket(topic, payload, options));
  }

  /** PINGREQ and PINGRESP: what was sent before has been handled. */
  async settle(): Promise<void> {
    this.send({ cmd: "pingreq" });
    await this.next("pingresp");
  }
}

/** Where the packet that begins at `start` ends, or null if it has not come whole. */
function packetEnd(bytes: Uint8Array, start: number): number | null {
  let length = 0;
  for (let i = 1; i <= 4; i++) {
    const byte = bytes[start + i];
    if (byte === undefined) return null;
    length += (byte & 0x7f) * 128 ** (i - 1);
    if (byte < 0x80) return start + i + 1 + length <= bytes.length ? start + i + 1 + length : null;
  }
  throw new Error(`no packet has such a length: ${hex(bytes.subarray(start, start + 5))}`);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** `"20 02 00 00"` as bytes. */
export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.split(" "), (byte) => parseInt(byte, 16));
}

export function connectPacket(options: ConnectOptions, client?: TestClient): IConnectPacket {
  const version = options.protocolVersion ?? client?.version ?? 5;
  if (client) client.version = version as 4 | 5;
  const { password, ...rest } = options;
  return {
    cmd: "connect",
    protocolId: "MQTT",
    protocolVersion: version,
    clean: true,
    clientId: `test-${crypto.randomUUID()}`,
    keepalive: 60,
    ...(password !== undefined && { username: "any", password: password as string & Buffer }),
    ...rest,
  };
}

export function publishPacket(
  topic: string,
  payload: string,
  options: { qos?: 0 | 1 | 2; retain?: boolean; messageId?: number } = {},
): Packet {
  const { qos = 0, retain = false, messageId } = options;
  return { cmd: "publish", topic, payload, qos, retain, dup: false, ...(qos > 0 && { messageId: messageId ?? 1 }) };
}

/** Upgrades through the Worker's own door; the answer may be a refusal. */
export function upgrade(path: string, headers: Record<string, string> = {}): Promise<Response> {
  const all = { upgrade: "websocket", "sec-websocket-protocol": "mqtt", ...headers };
  return exports.default.fetch(new Request(`https://homeport.test${path}`, { headers: all }));
}

export async function openClient(path: string, headers: Record<string, string> = {}): Promise<TestClient> {
  const response = await upgrade(path, headers);
  if (!response.webSocket) throw new Error(`no socket: ${response.status} ${await response.text()}`);
  return new TestClient(response.webSocket);
}

async function within<T>(promise: Promise<T>, otherwise: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${otherwise} within ${patienceMs} ms`)), patienceMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
