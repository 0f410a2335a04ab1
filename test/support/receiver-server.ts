// Addresses on loopback that take webhooks and web push. Every first path segment is a receiver of its own: `PUT /{receiver}` says
// how it answers, `POST /{receiver}/hook` is its webhook, `POST /{receiver}/push` its browser, `GET /{receiver}` what came.
// What is encrypted is undone by an implementation that is not the product's, what is signed is verified.
import { createECDH, randomBytes } from "node:crypto";
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { decrypt } from "http_ece";
import { importJWK, jwtVerify, type JWTPayload } from "jose";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    receiverUrl: string;
  }
}

/** How it answers; the last status holds for all that follow. */
export interface ReceiverSettings {
  statuses: number[];
  headers?: Record<string, string>;
}

export interface Received {
  method: string;
  headers: IncomingHttpHeaders;
  /** As text; of a push, what it was before it was encrypted. */
  body: string;
  /** Of a push: what its sender says of itself, verified with the key it names. */
  vapid?: { claims: JWTPayload; publicKey: string };
}

/** As PushSubscription.toJSON() has it. */
export interface BrowserSubscription {
  endpoint: string;
  keys: { p256dh: string; auth: string };
}

class Receiver {
  settings: ReceiverSettings = { statuses: [] };
  readonly received: Received[] = [];
  readonly #ecdh = createECDH("prime256v1");
  readonly #auth = randomBytes(16).toString("base64url");
  readonly #publicKey = this.#ecdh.generateKeys("base64url");

  subscription(address: string): BrowserSubscription {
    return { endpoint: `${address}/push`, keys: { p256dh: this.#publicKey, auth: this.#auth } };
  }

  async take(kind: string, request: IncomingMessage, body: Buffer, origin: string): Promise<void> {
    const { method = "", headers } = request;
    if (kind !== "push") {
      this.received.push({ method, headers, body: body.toString() });
      return;
    }
    if (headers["content-encoding"] !== "aes128gcm") throw new Error("not encrypted as RFC 8291 says");
    if (body.length > 4096) throw new Error(`${body.length} bytes are more than every push service takes`);
    const vapid = await verifyVapid(headers.authorization ?? "", origin);
    const options = { version: "aes128gcm", privateKey: this.#ecdh, authSecret: this.#auth } as const;
    this.received.push({ method, headers, body: decrypt(body, options).toString(), vapid });
  }
}

/** RFC 8292 §3. Throws unless the token is for this push service and signed with the key beside it. */
async function verifyVapid(authorization: string, origin: string): Promise<Received["vapid"]> {
  const [, token = "", publicKey = ""] = /^vapid t=([^,\s]+), ?k=([\w-]+)$/.exec(authorization) ?? [];
  const point = Buffer.from(publicKey, "base64url");
  const [x, y] = [point.subarray(1, 33).toString("base64url"), point.subarray(33).toString("base64url")];
  const key = await importJWK({ kty: "EC", crv: "P-256", x, y }, "ES256");
  const { payload: claims } = await jwtVerify(token, key, { audience: origin, algorithms: ["ES256"] });
  if ((claims.exp ?? Infinity) > Date.now() / 1000 + 86_400) throw new Error("the token lives longer than a day");
  return { claims, publicKey };
}

async function answer(receivers: Map<string, Receiver>, request: IncomingMessage, response: ServerResponse) {
  const origin = `http://${request.headers.host}`;
  const [, name = "", kind = ""] = (request.url ?? "/").split("/");
  const receiver = receivers.get(name) ?? new Receiver();
  receivers.set(name, receiver);
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const send = (status: number, answered: object, headers = {}) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(answered));
  if (kind === "" && request.method === "GET") return send(200, receiver.received);
  if (kind === "" && request.method === "PUT") {
    receiver.settings = JSON.parse(body.toString()) as ReceiverSettings;
    return send(200, receiver.subscription(`${origin}/${name}`));
  }
  await receiver.take(kind, request, body, origin);
  const { statuses, headers } = receiver.settings;
  const status = (statuses.length > 1 ? statuses.shift() : statuses[0]) ?? 201;
  if (status === 204) response.writeHead(204, headers).end();
  else send(status, {}, headers);
}

/** Also for tests that run in Node themselves. */
export async function startReceivers(): Promise<{ url: string; close: () => void }> {
  const receivers = new Map<string, Receiver>();
  const server = createServer((request, response) => {
    answer(receivers, request, response).catch((error: unknown) => response.writeHead(400).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

/** vitest's global set-up. */
export default async function setup(project: TestProject): Promise<() => void> {
  const { url, close } = await startReceivers();
  project.provide("receiverUrl", url);
  return close;
}
