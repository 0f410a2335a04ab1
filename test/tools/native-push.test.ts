// The relay of docs/examples/native-push.mjs against servers that check what the vendors' documentation demands.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createServer as createHttp2Server, type IncomingHttpHeaders } from "node:http2";
import type { AddressInfo, Server } from "node:net";
import { join } from "node:path";
import { type JWTPayload, jwtVerify } from "jose";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it } from "vitest";

interface Note {
  title: string;
  text: string;
  ruleId: string;
}
type Sender = ((token: string, note: Note) => Promise<"sent" | "gone">) & { close?: () => void };
interface Phone {
  kind: string;
  token: string;
}
interface Example {
  relay(input: {
    body: string;
    headers: Record<string, string>;
    secret: string;
    phones: Phone[];
    senders: Record<string, Sender>;
  }): Promise<Phone[]>;
  fcmSender(account: object, addresses: object): Sender;
  apnsSender(app: object, addresses: object): Sender;
}
const path = join(import.meta.dirname, "../../docs/examples/native-push.mjs");
const { relay, fcmSender, apnsSender } = (await import(path)) as Example;

const note = { title: "Freezer is warm", text: "It has -3.5 degrees.", ruleId: "rul_1" };
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function textOf(request: AsyncIterable<unknown>): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

describe("the relay to FCM", () => {
  it("exchanges a signed assertion once, sends, and knows an app that is gone", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const assertions: JWTPayload[] = [];
    const messages: unknown[] = [];
    const url = await listen(
      createServer(async (request, response) => {
        const body = await textOf(request);
        const answer = (status: number, value: object) =>
          response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
        if (request.url === "/token") {
          const form = new URLSearchParams(body);
          expect(form.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
          const verified = await jwtVerify(form.get("assertion") ?? "", publicKey, { audience: `${url}/token` });
          assertions.push(verified.payload);
          return answer(200, { access_token: "access", expires_in: 3599 });
        }
        expect(request.headers.authorization).toBe("Bearer access");
        expect(request.url).toBe("/v1/projects/home/messages:send");
        messages.push(JSON.parse(body));
        return body.includes("old") ? answer(404, { error: { status: "NOT_FOUND" } }) : answer(200, { name: "m" });
      }),
    );
    const account = {
      client_email: "relay@home.iam.gserviceaccount.com",
      project_id: "home",
      private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
      token_uri: `${url}/token`,
    };
    const send = fcmSender(account, { fcm: url });
    expect([await send("new", note), await send("old", note)]).toEqual(["sent", "gone"]);
    const [claims, ...others] = assertions;
    expect(others).toEqual([]);
    expect(claims).toMatchObject({
      iss: account.client_email,
      scope: "https://www.googleapis.com/auth/firebase.messaging",
    });
    expect((claims?.exp ?? 0) - (claims?.iat ?? 0)).toBe(3600);
    expect(messages[0]).toEqual({
      message: {
        token: "new",
        notification: { title: note.title, body: note.text },
        data: { ruleId: "rul_1" },
        android: { priority: "HIGH", ttl: "86400s", collapse_key: "rul_1" },
      },
    });
  });
});

describe("the relay to APNs", () => {
  it("sends over one HTTP/2 connection with one token, and knows a phone that is gone", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const requests: { headers: IncomingHttpHeaders; body: string }[] = [];
    const server = createHttp2Server();
    let connections = 0;
    server.on("session", (session) => {
      connections++;
      closers.unshift(() => session.destroy());
    });
    server.on("stream", async (stream, headers) => {
      const body = await textOf(stream.setEncoding("utf8"));
      requests.push({ headers, body });
      const isOld = headers[":path"] === "/3/device/old";
      stream.respond({ ":status": isOld ? 410 : 200 });
      stream.end(isOld ? '{"reason":"Unregistered"}' : "");
    });
    const apns = await listen(server);
    const key = privateKey.export({ type: "pkcs8", format: "pem" });
    const app = { key, keyId: "ABC123DEFG", teamId: "DEF123GHIJ", bundleId: "com.example.home" };
    const send = apnsSender(app, { apns });
    expect([await send("new", note), await send("old", note)]).toEqual(["sent", "gone"]);
    send.close?.();
    expect(connections).toBe(1);
    const [first, second] = requests;
    expect(second?.headers.authorization).toBe(first?.headers.authorization);
    const { payload, protectedHeader } = await jwtVerify(String(first?.headers.authorization).slice(7), publicKey);
    expect(protectedHeader).toEqual({ alg: "ES256", kid: "ABC123DEFG" });
    expect(payload).toEqual({ iss: "DEF123GHIJ", iat: expect.any(Number) });
    expect(first?.headers).toMatchObject({
      ":method": "POST",
      ":path": "/3/device/new",
      "apns-topic": "com.example.home",
      "apns-push-type": "alert",
      "apns-priority": "10",
      "apns-collapse-id": "rul_1",
      "apns-expiration": expect.stringMatching(/^\d{10}$/),
    });
    expect(JSON.parse(first?.body ?? "")).toEqual({
      aps: { alert: { title: note.title, body: note.text }, sound: "default" },
      ruleId: "rul_1",
    });
  });
});

describe("the relay", () => {
  const secret = `whsec_${Buffer.alloc(32, 3).toString("base64")}`;
  const data = { rule: { id: "rul_1", name: "Warm" }, title: note.title, text: note.text };
  const body = JSON.stringify({ type: "rule.fired", timestamp: new Date().toISOString(), data });
  const at = new Date();
  const headers = {
    "webhook-id": "ntf_1",
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign("ntf_1", at, body),
  };
  const sent: unknown[] = [];
  const sender: Sender = async (token, given) => {
    sent.push([token, given]);
    return token === "old" ? "gone" : "sent";
  };
  const phones = ["new", "old"].map((token) => ({ kind: "fcm", token }));

  it("tells every phone what a signed webhook says, and which are gone", async () => {
    sent.length = 0;
    const gone = await relay({ body, headers, secret, phones, senders: { fcm: sender } });
    expect(gone).toEqual([{ kind: "fcm", token: "old" }]);
    expect(sent).toEqual([
      ["new", note],
      ["old", note],
    ]);
  });

  it("tells nobody what was signed by somebody else", async () => {
    sent.length = 0;
    const forged = { body: body.replace("-3.5", "20"), headers, secret, phones, senders: { fcm: sender } };
    await expect(relay(forged)).rejects.toThrow("No matching signature");
    expect(sent).toEqual([]);
  });
});
