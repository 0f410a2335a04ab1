// Takes a socket from one of the Worker's doors. `x-homeport-*` headers are the doors' own.
import type { HubCall } from "../../src/domain/hub-call.ts";
import { databaseDown, type Hub } from "./hub.ts";

/** Answers an upgrade. */
export async function openSocket(ctx: DurableObjectState, hub: Hub, request: Request): Promise<Response> {
  const { headers } = request;
  const requestId = headers.get("x-request-id");
  if (!(await hub.fill(requestId))) {
    return new Response(databaseDown.message, { status: 503, headers: { "retry-after": "5" } });
  }
  const operations = headers.get("x-homeport-operations");
  if (operations !== null) hub.broker.take(JSON.parse(operations) as HubCall["operations"]);
  const token = headers.get("x-homeport-token");
  const protocol = headers.get("x-homeport-protocol") === "json" ? "json" : "mqtt";
  if (protocol === "json" && !hub.broker.admits(token)) return new Response(null, { status: 401 });
  const { 0: client, 1: server } = new WebSocketPair();
  ctx.acceptWebSocket(server);
  const door = headers.get("x-homeport-door") === "relayed" ? "relayed" : "direct";
  const origin = {
    country: headers.get("x-homeport-country"),
    edge: headers.get("x-homeport-edge"),
    address: headers.get("x-homeport-address"),
  };
  const bound = headers.get("x-homeport-max-seconds");
  const maxSeconds = bound === null ? null : Number(bound);
  hub.broker.open(server, { door, protocol, origin, token, requestId, maxSeconds });
  const subprotocol = headers.get("sec-websocket-protocol");
  const answered = subprotocol ? { headers: { "sec-websocket-protocol": subprotocol } } : {};
  return new Response(null, { status: 101, webSocket: client, ...answered });
}
