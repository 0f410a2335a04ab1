// The gateway as a process, a cloud of the test's own for it to talk to, and TCP clients that see every byte.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Server, createServer } from "node:http";
import { type AddressInfo, type Socket, connect } from "node:net";
import { join } from "node:path";
import { type WebSocket, WebSocketServer } from "ws";
import { LineProcess } from "../../tools/line-process.ts";

const gatewayFile = join(import.meta.dirname, "../../tools/gateway.ts");
const nodeFlags = ["--experimental-strip-types", "--disable-warning=ExperimentalWarning"];

export class GatewayProcess {
  readonly process: LineProcess;
  pid = 0;
  ports: number[] = [];

  constructor(args: string[], env: Record<string, string> = {}) {
    const command = [...nodeFlags, gatewayFile, ...args];
    this.process = new LineProcess(process.execPath, command, { name: "The gateway", env });
  }

  /** At free ports, with its log as JSON. */
  static async start(url: string, ...args: string[]): Promise<GatewayProcess> {
    const gateway = new GatewayProcess(["--url", url, "--listen", "0", "--tls-listen", "0", "--json", ...args]);
    const { pid, addresses } = await gateway.event("started");
    gateway.pid = pid as number;
    gateway.ports = (addresses as string[]).map((address) => Number(address.split(":").at(-1)));
    return gateway;
  }

  get port(): number {
    return this.ports[0] as number;
  }

  /** The next line of the log about it. */
  async event(name: string): Promise<Record<string, unknown>> {
    const line = await this.process.nextLine(new RegExp(`"event":"${name}"`), `say "${name}"`, 15_000);
    return JSON.parse(line) as Record<string, unknown>;
  }

  async report(): Promise<Record<string, unknown>> {
    const report = this.event("report");
    process.kill(this.pid, "SIGUSR1");
    return report;
  }

  /** Resident memory. */
  memoryBytes(): number {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) * 1024;
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}

/** Takes WebSockets and leaves it to the test what becomes of them; or refuses them. */
export class FakeCloud {
  /** What upgrades are answered with instead of a WebSocket. */
  refusal: { status: number; body: string } | null = null;
  onSocket: (socket: WebSocket) => void = () => {};
  handshakes = 0;
  /** Of the last upgrade. */
  headers: Record<string, string | string[] | undefined> = {};
  readonly #server: Server = createServer();
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 1 << 30 });

  static async start(): Promise<FakeCloud> {
    const cloud = new FakeCloud();
    cloud.#server.on("upgrade", (request, tcp, head) => {
      cloud.handshakes++;
      cloud.headers = request.headers;
      if (cloud.refusal) {
        const { status, body } = cloud.refusal;
        tcp.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
      } else cloud.#sockets.handleUpgrade(request, tcp, head, (socket) => cloud.onSocket(socket));
    });
    await new Promise<void>((resolve) => cloud.#server.listen(0, "127.0.0.1", resolve));
    return cloud;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mqtt`;
  }

  stop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.close();
  }
}

/** A client that keeps what it was sent, until it is told to stop reading. */
export class TcpClient {
  readonly socket: Socket;
  /** Whole; a FIN or a reset from the other side ends it. */
  readonly ended: Promise<"FIN" | "RST">;
  #received = Buffer.alloc(0);
  #changed: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    this.ended = new Promise((resolve) => {
      socket.once("end", () => resolve("FIN"));
      socket.once("error", () => resolve("RST"));
    });
    socket.on("close", () => this.#changed());
    socket.on("data", (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#changed();
    });
  }

  static async connect(port: number): Promise<TcpClient> {
    const client = new TcpClient(connect({ port, host: "127.0.0.1", noDelay: true, allowHalfOpen: true }));
    await new Promise((resolve) => client.socket.once("connect", resolve));
    return client;
  }

  get received(): Buffer {
    return this.#received;
  }

  /** The first `length` bytes it was sent, as soon as they are there. Fails when the connection ends before. */
  async bytes(length: number): Promise<Buffer> {
    while (this.#received.length < length) {
      if (this.socket.destroyed) throw new Error(`closed after ${this.#received.length} of ${length} bytes`);
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
    return this.#received.subarray(0, length);
  }
}

/** A certificate of its own for 127.0.0.1, as files in the folder. */
export function makeCertificate(dir: string): { certFile: string; keyFile: string } {
  const [certFile, keyFile] = [join(dir, "cert.pem"), join(dir, "key.pem")];
  const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=gateway";
  const files = ["-keyout", keyFile, "-out", certFile, "-addext", "subjectAltName=IP:127.0.0.1"];
  const { status, stderr } = spawnSync("openssl", [...request.split(" "), ...files]);
  if (status !== 0) throw new Error(`openssl made no certificate: ${stderr}`);
  return { certFile, keyFile };
}
