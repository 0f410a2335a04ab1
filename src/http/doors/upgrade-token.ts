// The token that a WebSocket upgrade itself may show: for clients that can set headers, and for browsers, which can
// only name subprotocols.

/** Browsers: `new WebSocket(url, ["mqtt", "bearer." + token])`. */
const subprotocolPrefix = "bearer.";

/** From `Authorization` (bearer, or basic's password) or a second subprotocol; null when there is none. */
export function upgradeToken(request: Request): string | null {
  return authorizationToken(request) ?? subprotocolToken(request);
}

/** From `Authorization` alone. */
export function authorizationToken(request: Request): string | null {
  const [scheme = "", value = ""] = (request.headers.get("authorization") ?? "").trim().split(/\s+/, 2);
  if (scheme.toLowerCase() === "bearer") return value;
  if (scheme.toLowerCase() !== "basic") return null;
  const pair = Buffer.from(value, "base64").toString("utf8");
  return pair.slice(pair.indexOf(":") + 1);
}

function subprotocolToken(request: Request): string | null {
  const offer = subprotocols(request).find((name) => name.startsWith(subprotocolPrefix));
  return offer === undefined ? null : offer.slice(subprotocolPrefix.length);
}

export function subprotocols(request: Request): string[] {
  const offered = request.headers.get("sec-websocket-protocol") ?? "";
  return offered
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
}
