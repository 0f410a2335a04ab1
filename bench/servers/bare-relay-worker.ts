// The least a hub could be: Durable Objects that accept hibernating sockets and pass each frame of a device's socket on to
// the apps'. They look at no more than a packet's type. What Homeport costs is measured against them.
import { DurableObject } from "cloudflare:workers";

type RelayEnv = Record<string, DurableObjectNamespace>;

/** At QoS 0: device to apps. */
export class QoS0Relay extends DurableObject<RelayEnv> {
  /** Rebuilt on wake, from the sockets and their tags. */
  readonly apps: Set<WebSocket>;
  #packets = 0;

  constructor(ctx: DurableObjectState, env: RelayEnv) {
    super(ctx, env);
    this.apps = new Set(ctx.getWebSockets("app"));
    const [socket] = ctx.getWebSockets();
    if (socket) this.expect(Number(ctx.getTags(socket)[1]));
  }

  override async fetch(request: Request): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    const { searchParams } = new URL(request.url);
    const role = searchParams.get("role") ?? "";
    const packets = searchParams.get("packets") ?? "";
    this.ctx.acceptWebSocket(server, [role, packets]);
    if (role === "app") this.apps.add(server);
    this.expect(Number(packets));
    return new Response(null, { status: 101, webSocket: client, headers: { "sec-websocket-protocol": "mqtt" } });
  }

  /** How many packets a device's frame has. */
  expect(packets: number): void {
    this.#packets = packets;
  }

  /** Answers for packet 1, as often as a frame has packets. */
  answers(type: number): Uint8Array<ArrayBuffer> {
    return Uint8Array.from({ length: this.#packets * 4 }, (_, i) => [type, 2, 0, 1][i % 4] as number);
  }

  override webSocketMessage(socket: WebSocket, data: ArrayBuffer | string): void {
    if (this.apps.has(socket)) return;
    for (const app of this.apps) app.send(data);
  }

  override webSocketClose(socket: WebSocket): void {
    this.apps.delete(socket);
    socket.close();
  }
}

/** At QoS 1 as many frames travel as through a broker: each frame is answered, and so is each delivery, which ends here. */
export class QoS1Relay extends QoS0Relay {
  pubacks: Uint8Array<ArrayBuffer> | null = null;

  override webSocketMessage(socket: WebSocket, data: ArrayBuffer | string): void {
    if (this.apps.has(socket)) return;
    for (const app of this.apps) app.send(data);
    socket.send((this.pubacks ??= this.answers(0x40)));
  }
}

/** At QoS 2: PUBREC and PUBCOMP to the device, PUBREL to the apps. */
export class QoS2Relay extends QoS0Relay {
  pubrecs: Uint8Array<ArrayBuffer> | null = null;
  pubcomps: Uint8Array<ArrayBuffer> | null = null;
  pubrels: Uint8Array<ArrayBuffer> | null = null;

  override webSocketMessage(socket: WebSocket, data: ArrayBuffer | string): void {
    const type = new Uint8Array(data as ArrayBuffer)[0]! >> 4;
    if (this.apps.has(socket)) {
      if (type === 5) socket.send((this.pubrels ??= this.answers(0x62)));
    } else if (type === 3) {
      for (const app of this.apps) app.send(data);
      socket.send((this.pubrecs ??= this.answers(0x50)));
    } else socket.send((this.pubcomps ??= this.answers(0x70)));
  }
}

/** Accepts sockets and keeps a row for each client: what has to be there so that sessions outlive a crash. */
export class StormRelay extends QoS0Relay {
  override async fetch(request: Request): Promise<Response> {
    const role = new URL(request.url).searchParams.get("role") ?? "";
    const { sql } = this.ctx.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS sessions (client TEXT PRIMARY KEY)");
    const isKnown = sql.exec("SELECT 1 FROM sessions WHERE client = ?", role).toArray().length > 0;
    if (!isKnown) sql.exec("INSERT INTO sessions VALUES (?)", role);
    return super.fetch(request);
  }

  /** CONNACK with session present to the first packet, SUBACK to what an app sends then; a device's next ones go to the apps. */
  override webSocketMessage(socket: WebSocket, data: ArrayBuffer | string): void {
    const type = new Uint8Array(data as ArrayBuffer)[0]! >> 4;
    if (type === 1) socket.send(Uint8Array.of(0x20, 2, 1, 0));
    else if (type === 8) socket.send(Uint8Array.of(0x90, 3, 0, 1, 0));
    else super.webSocketMessage(socket, data);
  }
}

/** Keeps each frame in a row of its own, for who is absent, and answers it when it is durable. */
export class QueueRelay extends QoS1Relay {
  constructor(ctx: DurableObjectState, env: RelayEnv) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS queue (id INTEGER PRIMARY KEY, frame BLOB)");
  }

  override webSocketMessage(socket: WebSocket, data: ArrayBuffer | string): void {
    this.ctx.storage.sql.exec("INSERT INTO queue (frame) VALUES (?)", data);
    socket.send((this.pubacks ??= this.answers(0x40)));
  }
}

export default {
  fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const objects = env[searchParams.get("object") ?? ""];
    if (!objects) return new Response(null, { status: 404 });
    return objects.getByName(searchParams.get("user") ?? "").fetch(request);
  },
} satisfies ExportedHandler<RelayEnv>;
