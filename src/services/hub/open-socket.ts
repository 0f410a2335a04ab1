// Hands a WebSocket upgrade to a hub. The caller has established, without waking anybody, that the hub exists.
import { hubStub } from "../../hub-stub.ts";
import type { RequestContext } from "../context.ts";

export interface SocketRequest {
  hubId: string;
  door: "direct" | "relayed";
  protocol: "mqtt" | "json";
  /** What the upgrade showed, verified; the hub still asks its list. */
  token: string | null;
  /** The subprotocol to agree on, if the client offered any. */
  subprotocol: string | null;
  /** How long the client wants the connection to last at most. */
  maxSeconds: number | null;
}

/** The hub's answer: 101 with the socket, 401 when it admits no such JSON client, or 503 when a new hub cannot read the database. */
export function openSocket({ ctx, input }: { ctx: RequestContext; input: SocketRequest }): Promise<Response> {
  const headers = new Headers({
    upgrade: "websocket",
    "x-request-id": ctx.requestId,
    "x-homeport-door": input.door,
    "x-homeport-protocol": input.protocol,
  });
  if (input.token !== null) headers.set("x-homeport-token", input.token);
  if (input.subprotocol !== null) headers.set("sec-websocket-protocol", input.subprotocol);
  if (input.maxSeconds !== null) headers.set("x-homeport-max-seconds", String(input.maxSeconds));
  const { operations } = ctx.meter.call(input.hubId);
  if (Object.keys(operations).length > 0) headers.set("x-homeport-operations", JSON.stringify(operations));
  const { country, edge, address } = ctx.origin;
  for (const [name, value] of Object.entries({ country, edge, address })) {
    if (value !== null) headers.set(`x-homeport-${name}`, value);
  }
  return hubStub(ctx.hubs, input.hubId, ctx.origin.continent).fetch("https://hub/socket", { headers });
}
