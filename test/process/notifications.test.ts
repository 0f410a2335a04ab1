// A rule tells its owner by every channel, against the server as `npm start` runs it: from a device's message through the hub, its
// alarm and the queue to a webhook, a browser and a mail.
import { readFileSync } from "node:fs";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type BrowserSubscription, type Received, startReceivers } from "../support/receiver-server.ts";
import { TestServer } from "../support/server.ts";

let server: TestServer;
let receivers: Awaited<ReturnType<typeof startReceivers>>;
beforeAll(async () => {
  receivers = await startReceivers();
  server = await TestServer.start();
});
afterAll(async () => {
  receivers.close();
  await server.remove();
});

/** What `look` finds as soon as it finds something. */
async function eventually<T>(look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`nothing came; the server said: ${server.output}`);
}

/** The text of the mail with this subject. */
function mail(subject: string): string | undefined {
  const path = new RegExp(`^Mail to .*: ${subject}.*\\n {2}text: (.*)$`, "m").exec(server.output)?.[1];
  return path && readFileSync(path, "utf8");
}

let token = "";

// oxlint-disable-next-line typescript/no-explicit-any -- tests look into it and say what they expect
async function call(method: string, path: string, body?: object): Promise<any> {
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  const response = await fetch(server.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}

it("a rule that fires reaches a webhook, a browser and a mailbox, and its log says so", async () => {
  const email = `${crypto.randomUUID()}@example.com`;
  token = (await call("POST", "/api/auth/sign-up/email", { name: "Ada", email, password: "correct horse" })).token;
  const link = /^http:\S+$/m.exec(await eventually(() => mail("Confirm your address")))?.[0] ?? "";
  await fetch(link, { redirect: "manual" });

  const receiver = `${receivers.url}/home`;
  const subscription = (await (
    await fetch(receiver, { method: "PUT", body: JSON.stringify({ statuses: [] }) })
  ).json()) as BrowserSubscription;
  const { publicKey } = await call("GET", "/v1/push");
  await call("POST", "/v1/push/subscriptions", { ...subscription, label: "Phone" });
  const webhook = await call("POST", "/v1/webhooks", { name: "Door", url: `${receiver}/hook` });

  const { id: deviceId } = await call("POST", "/v1/devices", { name: "Freezer" });
  await call("POST", `/v1/devices/${deviceId}/credentials`);
  const rule = await call("POST", "/v1/rules", {
    name: "Warm",
    trigger: { type: "stream", device: { deviceId }, stream: "temperature", is: "above", value: -10 },
    actions: [
      {
        type: "notify",
        title: "{deviceName} is warm",
        text: "It has {value} degrees.",
        channels: [{ kind: "email" }, { kind: "push" }, { kind: "webhook", webhookId: webhook.id }],
      },
    ],
  });
  for (const payload of [-18, -3.5]) {
    await call("POST", `/v1/devices/${deviceId}/messages`, { topic: "streams/temperature", payload });
  }

  const received = await eventually(async () => {
    const all = (await (await fetch(receiver)).json()) as Received[];
    return all.length >= 2 ? all : undefined;
  });
  expect(received).toHaveLength(2);
  const pushed = received.find(({ vapid }) => vapid);
  expect(pushed?.vapid?.publicKey).toBe(publicKey);
  const text = "It has -3.5 degrees.";
  expect(JSON.parse(pushed?.body ?? "")).toMatchObject({ title: "Freezer is warm", text, url: `/rules/${rule.id}` });
  const posted = received.find(({ vapid }) => !vapid);
  const verified = new Webhook(webhook.secret).verify(posted?.body ?? "", posted?.headers as Record<string, string>);
  expect(verified).toMatchObject({ type: "rule.fired", data: { value: -3.5, title: "Freezer is warm", text } });
  expect(await eventually(() => mail("Freezer is warm"))).toContain(text);

  const actions = await eventually(async () => {
    const [firing] = (await call("GET", `/v1/rules/${rule.id}/firings`)).items;
    const all = firing.actions as { type: string; status: string }[];
    return all.every(({ status }) => status !== "waiting") ? all : undefined;
  });
  expect(actions.map(({ type, status }) => `${type} ${status}`).toSorted()).toEqual([
    "email delivered",
    "push delivered",
    "webhook delivered",
  ]);
});
