// Drives a hub as a client would, packet by packet, with mqtt-packet as the independent codec. For tests in the runtime.
import { exports } from "cloudflare:workers";
import mqttPacket, { type IConnectPacket, type Packet } from "mqtt-packet";

type ConnectOptions = Omit<Partial<IConnectPacket>, "password"> & { password?: string };

/** How long a test waits for what must come, and for what must not. */
const patienceMs = 2000;
const silenceMs = 60;

export class TestClient {
  readonly #socket: WebSocket;
  #parser: mqttPacket.Parser | null = null;
  readonly #packets: Packet[] = [];
  readonly #waiting: ((packet: Packet) => void)[] = [];
  /** Sizes of the frames received. */
  readonly frames: number[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  version: 4 | 5 = 5;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("message", ({ data }) => {
      this.frames.push((data as ArrayBuffer).byteLength);
      this.#parser ??= this.#newParser();
      this.#parser.parse(Buffer.from(data as ArrayBuffer));
    });
    this.closed = new Promise((resolve) => {
      socket.addEventListener("close", ({ code, reason }) => {
        resolve({ code, reason });
        socket.close();
      });
    });
    socket.accept();
  }

  #newParser(): mqttPacket.Parser {
    const parser = mqttPacket.parser({ protocolVersion: this.version });
    return parser.on("packet", (packet: Packet) => {
      const next = this.#waiting.shift();
      if (next) next(packet);
      else this.#packets.push(packet);
    });
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

  async nextPacket(): Promise<Packet> {
    const present = this.#packets.shift();
    if (present) return present;
    const { promise, resolve } = Promise.withResolvers<Packet>();
    this.#waiting.push(resolve);
    return within(promise, "no packet came");
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
    if (packet) throw new Error(`expected silence, got ${JSON.stringify(packet)}`);
  }

  async expectClosed(): Promise<{ code: number; reason: string }> {
    return within(this.closed, "the socket was not closed");
  }

  /** CONNECT and the CONNACK to it. */
  async connect(options: ConnectOptions): Promise<Extract<Packet, { cmd: "connack" }>> {
    this.send(connectPacket(options, this));
    return this.next("connack");
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
