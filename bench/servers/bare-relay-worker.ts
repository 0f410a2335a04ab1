// The least a hub could be: Durable Objects that accept hibernating sockets and pass each frame of a device's socket on to
// the apps'. They look at no more than a packet's type. What Homeport costs is measured against them.
import { DurableObject } from "cloudflare:workers";

type RelayEnv = Record<string, DurableObjectNamespace>;

/** At QoS 0: device to apps. */
export class QoS0Relay extends DurableObject<RelayEnv> {
  /** Rebuilt on wake. */
  readonly apps: Set<WebSocket>;

  constructor(ctx: DurableObjectState, env: RelayEnv) {
    super(ctx, env);
    this.apps = new Set(ctx.getWebSockets("app"));
  }

  override async fetch(request: Request): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    const role = new URL(request.url).searchParams.get("role") ?? "";
    this.ctx.acceptWebSocket(server, [role]);
    if (role === "app") this.apps.add(server);
    return new Response(null, { status: 101, webSocket: client, headers: { "sec-websocket-protocol": "mqtt" } });
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

/** Answers for packet 1, as often as a device's frame has packets. */
function answers(type: number, request: Request): Uint8Array<ArrayBuffer> {
  const packets = Number(new URL(request.url).searchParams.get("packets"));
  return Uint8Array.from({ length: packets * 4 }, (_, i) => [type, 2, 0, 1][i % 4] as number);
}

/** At QoS 1 as many frames travel as through a broker: each frame is answered, and so is each delivery, which ends here. */
export class QoS1Relay extends QoS0Relay {
  #pubacks = new Uint8Array(0);

  override async fetch(request: Request): Promise<Response> {
    this.#pubacks = answers(0x40, request);
    return super.fetch(request);
  }

  override webSocketMessage(socket: WebSocket, data: ArrayBuffer | string): void {
    if (this.apps.has(socket)) return;
    for (const app of this.apps) app.send(data);
    socket.send(this.#pubacks);
  }
}

/** At QoS 2: PUBREC and PUBCOMP to the device, PUBREL to the apps. */
export class QoS2Relay extends QoS0Relay {
  #pubrecs = new Uint8Array(0);
  #pubcomps = new Uint8Array(0);
  #pubrels = new Uint8Array(0);

  override async fetch(request: Request): Promise<Response> {
    this.#pubrecs = answers(0x50, request);
    this.#pubcomps = answers(0x70, request);
    this.#pubrels = answers(0x62, request);
    return super.fetch(request);
  }

  override webSocketMessage(socket: WebSocket, data: ArrayBuffer | string): void {
    const type = new Uint8Array(data as ArrayBuffer)[0]! >> 4;
    if (this.apps.has(socket)) {
      if (type === 5) socket.send(this.#pubrels);
    } else if (type === 3) {
      for (const app of this.apps) app.send(data);
      socket.send(this.#pubrecs);
    } else socket.send(this.#pubcomps);
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
export class QueueRelay extends DurableObject<RelayEnv> {
  #pubacks = new Uint8Array(0);

  constructor(ctx: DurableObjectState, env: RelayEnv) {
    super(ctx, env);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS queue (id INTEGER PRIMARY KEY, frame BLOB)");
  }

  override async fetch(request: Request): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair();
    this.#pubacks = answers(0x40, request);
    this.ctx.acceptWebSocket(server);
    return new Response(null, { status: 101, webSocket: client, headers: { "sec-websocket-protocol": "mqtt" } });
  }

  override webSocketMessage(socket: WebSocket, data: ArrayBuffer | string): void {
    this.ctx.storage.sql.exec("INSERT INTO queue (frame) VALUES (?)", data);
    socket.send(this.#pubacks);
  }

  override webSocketClose(socket: WebSocket): void {
    socket.close();
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
