// The least a hub could be: Durable Objects that accept hibernating sockets and pass each frame of a device's socket on to
// the apps'. They look at no frame. What Homeport costs is measured against them.
import { DurableObject } from "cloudflare:workers";

interface RelayEnv {
  QOS0: DurableObjectNamespace;
  QOS1: DurableObjectNamespace;
}

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

/** At QoS 1 as many frames travel as through a broker: each frame is answered, and so is each delivery, which ends here. */
export class QoS1Relay extends QoS0Relay {
  /** PUBACK of packet 1, as often as a device's frame has packets. */
  #acknowledgements = new Uint8Array(0);

  override async fetch(request: Request): Promise<Response> {
    const packets = Number(new URL(request.url).searchParams.get("packets"));
    this.#acknowledgements = Uint8Array.from({ length: packets * 4 }, (_, i) => [0x40, 2, 0, 1][i % 4] as number);
    return super.fetch(request);
  }

  override webSocketMessage(socket: WebSocket, data: ArrayBuffer | string): void {
    if (this.apps.has(socket)) return;
    for (const app of this.apps) app.send(data);
    socket.send(this.#acknowledgements);
  }
}

export default {
  fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const objects = searchParams.get("qos") === "1" ? env.QOS1 : env.QOS0;
    return objects.getByName(searchParams.get("user") ?? "").fetch(request);
  },
} satisfies ExportedHandler<RelayEnv>;
