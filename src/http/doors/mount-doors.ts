// The doors through which sockets find their hub: `/mqtt/{hubKey}` and an upgrade that shows a token go direct, as all of
// JSON's do; plain `/mqtt` is relayed. Whoever is refused here has woken nobody.
import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HomeportError, unauthenticated } from "../../errors.ts";
import { readHubKey } from "../../identity/hub-key.ts";
import { jsonSubprotocol } from "../../protocols/json/frames.ts";
import type { RequestContext } from "../../services/context.ts";
import { admitToken } from "../../services/hub/admit-token.ts";
import { openSocket, type SocketRequest } from "../../services/hub/open-socket.ts";
import type { AppEnv } from "../app-env.ts";
import { contextOf } from "../middleware/request-context.ts";
import { relay } from "./relay.ts";
import { subprotocols, upgradeToken } from "./upgrade-token.ts";

/** How long a connection lasts at most whose client asks for a bound. */
const askedSeconds = { least: 1, usual: 600, most: 86_400 };

export function mountDoors(app: OpenAPIHono<AppEnv>): void {
  app.get("/mqtt", (c) => enterMqtt(c, null));
  app.get("/mqtt/:hubKey", (c) => enterMqtt(c, c.req.param("hubKey")));
  app.get("/v1/connect", (c) => enterJson(c));
}

async function enterMqtt(c: Context<AppEnv>, hubKey: string | null): Promise<Response> {
  const { ctx, token, offered, maxSeconds } = openDoor(c, "an MQTT endpoint");
  // Nothing is agreed on with a client that offers nothing, as some small ones do [MQTT-6.0.0-3]; AWS's first SDK offers
  // the name from before the standard alone.
  const subprotocol = agreed(offered.includes("mqtt") ? "mqtt" : "mqttv3.1", offered, "`mqtt` (MQTT 3.1.1 or 5)");
  const named = await namedHub(ctx, hubKey, token);
  if (named === null) return openRelay(ctx, subprotocol, maxSeconds);
  return openSocket({ ctx, input: { ...named, door: "direct", protocol: "mqtt", subprotocol, maxSeconds } });
}

async function enterJson(c: Context<AppEnv>): Promise<Response> {
  const { ctx, token, offered, maxSeconds } = openDoor(c, "the JSON protocol's endpoint");
  const subprotocol = agreed(jsonSubprotocol, offered, `\`${jsonSubprotocol}\``);
  const named = await namedHub(ctx, null, token);
  if (named === null) throw unauthenticated();
  const input = { ...named, door: "direct", protocol: "json", subprotocol, maxSeconds } as const;
  const response = await openSocket({ ctx, input });
  if (response.status === 401) throw unauthenticated();
  return response;
}

/** What every door looks at. Throws `upgrade_required` for whoever did not come with a WebSocket. */
function openDoor(c: Context<AppEnv>, what: string) {
  const request = c.req.raw;
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") {
    throw new HomeportError("upgrade_required", `This is ${what}: connect with a WebSocket.`);
  }
  const maxSeconds = boundOf(new URL(request.url).searchParams.get("maxSeconds"));
  return { ctx: contextOf(c), token: upgradeToken(request), offered: subprotocols(request), maxSeconds };
}

/** What a client asks for that wants its connection to be bounded; null: it does not. */
function boundOf(asked: string | null): number | null {
  if (asked === null) return null;
  if (asked === "") return askedSeconds.usual;
  const seconds = Number(asked);
  if (/^\d{1,6}$/.test(asked) && seconds >= askedSeconds.least && seconds <= askedSeconds.most) return seconds;
  const { least, most } = askedSeconds;
  throw new HomeportError("bad_request", `maxSeconds: must be a whole number from ${least} to ${most}.`);
}

/** The subprotocol to answer with; beside tokens, a client that offers any must offer this one. */
function agreed(name: string, offered: string[], shown: string): string | null {
  if (offered.includes(name)) return name;
  if (offered.length === 0) return null;
  throw new HomeportError("bad_request", `Offer the WebSocket subprotocol ${shown}.`);
}

/** The hub that the path or the upgrade's token names; null: neither does. Throws `unauthenticated` if either is wrong. */
async function namedHub(
  ctx: RequestContext,
  hubKey: string | null,
  token: string | null,
): Promise<Pick<SocketRequest, "hubId" | "token"> | null> {
  const byKey = hubKey === null ? null : readHubKey(ctx.keys, hubKey);
  if (hubKey !== null && byKey === null) throw unauthenticated();
  const byToken = token === null ? null : await admitToken({ ctx, input: { token } });
  if (byKey !== null && byToken !== null && byKey !== byToken.hubId) throw unauthenticated();
  return byToken ?? (byKey === null ? null : { hubId: byKey, token: null });
}

function openRelay(ctx: RequestContext, subprotocol: string | null, maxSeconds: number | null): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  relay(server, {
    async openHub(password) {
      const { hubId, token } = await admitToken({ ctx, input: { token: password } });
      // What the hub cannot read itself it is told.
      const input = { hubId, token: token === password ? null : token, door: "relayed", protocol: "mqtt" } as const;
      return openSocket({ ctx, input: { ...input, subprotocol: "mqtt", maxSeconds } });
    },
  });
  const headers = subprotocol ? { "sec-websocket-protocol": subprotocol } : undefined;
  return new Response(null, { status: 101, webSocket: client, ...(headers && { headers }) });
}
