// The doors through which sockets find their hub: `/mqtt/{hubKey}` and an upgrade that shows a token go direct, plain
// `/mqtt` is relayed. Whoever is refused here has woken nobody.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HomeportError, unauthenticated } from "../../errors.ts";
import { readHubKey } from "../../identity/hub-key.ts";
import { verifyToken } from "../../identity/tokens.ts";
import { type RequestContext, requestContext } from "../../services/context.ts";
import { openSocket, type SocketRequest } from "../../services/hub/open-socket.ts";
import type { AppEnv } from "../app-env.ts";
import { relay } from "./relay.ts";
import { subprotocols, upgradeToken } from "./upgrade-token.ts";

export function mountDoors(app: OpenAPIHono<AppEnv>): void {
  app.get("/mqtt", (c) => enter(c, null));
  app.get("/mqtt/:hubKey", (c) => enter(c, c.req.param("hubKey")));
}

async function enter(c: Context<AppEnv>, hubKey: string | null): Promise<Response> {
  const request = c.req.raw;
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new HomeportError("upgrade_required", "This is an MQTT endpoint: connect with a WebSocket.");
  }
  const continent = (request.cf?.continent as string | undefined) ?? null;
  const ctx = requestContext(c.env, new URL(request.url).origin, continent);
  const subprotocol = agreedSubprotocol(request);
  const token = upgradeToken(request);
  const hubId = namedHub(ctx, hubKey, token);
  if (hubId !== null) return openSocket({ ctx, input: { hubId, door: "direct", token, subprotocol } });
  return openRelay(ctx, subprotocol);
}

/** `mqtt` when offered [MQTT-6.0.0-3]; nothing when nothing was offered, as some small clients do. */
function agreedSubprotocol(request: Request): "mqtt" | null {
  const offered = subprotocols(request);
  if (offered.includes("mqtt")) return "mqtt";
  if (offered.length === 0) return null;
  throw new HomeportError("bad_request", "Offer the WebSocket subprotocol `mqtt` (MQTT 3.1.1 or 5).");
}

/** The hub that the path or the upgrade's token names; null: neither does. Throws `unauthenticated` if either is wrong. */
function namedHub(ctx: RequestContext, hubKey: string | null, token: string | null): string | null {
  const byKey = hubKey === null ? null : readHubKey(ctx.keys, hubKey);
  const byToken = token === null ? null : verifyToken(ctx.keys, token, ctx.now()).hubId;
  if (hubKey !== null && byKey === null) throw unauthenticated();
  if (byKey !== null && byToken !== null && byKey !== byToken) throw unauthenticated();
  return byKey ?? byToken;
}

function openRelay(ctx: RequestContext, subprotocol: "mqtt" | null): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  const input: Omit<SocketRequest, "hubId"> = { door: "relayed", token: null, subprotocol: "mqtt" };
  relay(server, { keys: ctx.keys, openHub: (hubId) => openSocket({ ctx, input: { ...input, hubId } }) });
  const headers = subprotocol ? { "sec-websocket-protocol": subprotocol } : undefined;
  return new Response(null, { status: 101, webSocket: client, ...(headers && { headers }) });
}
