// The whole server is killed with SIGKILL under connected clients and an open console, and started again on the same port and state.
import mqtt, { type MqttClient } from "mqtt";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Api } from "../../tools/api.ts";
import { ConsolePage, launchBrowser } from "../support/console.ts";
import { chromiumBrowser } from "../support/debian-packages.ts";
import { TestServer } from "../support/server.ts";

let server: TestServer;
let api: Api;
/** Where there is no Chromium, the clients do without the console. */
let browser: Browser | null = null;
const clients: MqttClient[] = [];
beforeAll(async () => {
  if (chromiumBrowser.isInstalled()) browser = await launchBrowser();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  server = await TestServer.start();
  api = await server.createUser();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.end(true);
  await server.remove();
});

interface Access {
  url: string;
  password: string;
}

/** A client that comes back by itself, as the package does by default, only sooner. */
async function connect({ url, password }: Access): Promise<MqttClient> {
  const client = await mqtt.connectAsync(url, { username: "me", password, reconnectPeriod: 100 }, false);
  clients.push(client);
  client.on("error", () => {}); // the server is away; the client tries again
  return client;
}

function once(client: MqttClient, event: "connect" | "close"): Promise<void> {
  return new Promise((resolve) => client.once(event, () => resolve()));
}

function nextMessage(client: MqttClient): Promise<string> {
  return new Promise((resolve) => {
    client.once("message", (topic, payload, packet) =>
      resolve(`${packet.retain ? "retained " : ""}${topic} ${payload}`),
    );
  });
}

async function createLamp(name: string): Promise<{ id: string; direct: Access; relayed: Access }> {
  const { id } = await api.createDevice(name);
  const { secret: password, mqttUrl, relayUrl } = await api.issueCredential(id);
  return { id, direct: { url: mqttUrl, password }, relayed: { url: relayUrl, password } };
}

async function createPhone(): Promise<MqttClient> {
  const { mqttUrl, secret } = await api.createAppToken("phone", 1);
  return connect({ url: mqttUrl, password: secret });
}

/** A console in which somebody is about to rename a dashboard; null: no browser. */
async function openConsole(): Promise<ConsolePage | null> {
  if (!browser) return null;
  const ui = await ConsolePage.open(browser, server.url);
  await ui.signUp();
  const { id } = await ui.api<{ id: string }>("POST", "/v1/dashboards", { title: "Room" });
  await ui.goto(`/dashboards/${id}?edit`);
  await ui.isLive();
  await ui.page.getByLabel("What is it called?").fill("Hall");
  return ui;
}

/** It says that the server is away, and keeps what was typed. */
async function noticesTheServerIsGone(ui: ConsolePage): Promise<void> {
  await ui.page.locator("[data-test=live]").filter({ hasText: "Not connected" }).waitFor();
  await ui.page.getByRole("button", { name: "Save", exact: true }).click();
  await ui.page.getByRole("alert").filter({ hasText: "The server cannot be reached" }).waitFor();
}

/** It is live again without being loaded anew, and what was typed can be saved. */
async function isBackWithAll(ui: ConsolePage): Promise<void> {
  // Somebody looks at it: otherwise its next attempt may be half a minute away.
  await ui.page.evaluate(`document.dispatchEvent(new Event("visibilitychange"))`);
  await ui.isLive();
  ui.isOffline = false;
  await ui.page.getByRole("button", { name: "Save", exact: true }).click();
  await ui.page.getByRole("button", { name: "Edit", exact: true }).waitFor();
  expect((await ui.api<{ items: { title: string }[] }>("GET", "/v1/dashboards")).items).toMatchObject([
    { title: "Hall" },
  ]);
  await ui.close();
}

describe("after SIGKILL and a restart on the same state", () => {
  it("clients and the console come back by themselves, devices and retained messages are there, a revoked device stays out", async () => {
    const direct = await createLamp("direct");
    const relayed = await createLamp("relayed");
    const stolen = await createLamp("stolen");
    const lamps = [await connect(direct.direct), await connect(relayed.relayed)];
    const [first, second] = lamps as [MqttClient, MqttClient];
    const phone = await createPhone();
    await first.subscribeAsync(`devices/${direct.id}/set/led`, { qos: 1 });
    await second.subscribeAsync(`devices/${relayed.id}/set/led`, { qos: 1 });
    // Not a stream, whose last value may be as old as its last flush.
    await first.publishAsync(`devices/${direct.id}/state/led`, "on", { qos: 1, retain: true });

    const thief = await connect(stolen.direct);
    const thrownOut = once(thief, "close");
    await api.revokeCredential(stolen.id);
    await thrownOut;

    const ui = await openConsole();
    const gone = [...lamps, phone].map((client) => once(client, "close"));
    if (ui) ui.isOffline = true;
    await server.crash();
    await Promise.all(gone);
    if (ui) await noticesTheServerIsGone(ui);
    const back = [...lamps, phone].map((client) => once(client, "connect"));
    const startedAt = performance.now();
    await server.start();
    const readyAt = performance.now();
    await Promise.all(back);
    const serverMs = (readyAt - startedAt).toFixed(0);
    console.log(`server back after ${serverMs} ms, clients ${(performance.now() - readyAt).toFixed(0)} ms later`);

    const shown = nextMessage(phone);
    await phone.subscribeAsync(`devices/${direct.id}/state/led`);
    expect(await shown).toBe(`retained devices/${direct.id}/state/led on`);
    expect((await api.findDevices()).map(({ name }) => name).toSorted()).toEqual(["direct", "relayed", "stolen"]);

    for (const [lamp, { id }] of [
      [first, direct],
      [second, relayed],
    ] as const) {
      const heard = nextMessage(lamp);
      await phone.publishAsync(`devices/${id}/set/led`, "off", { qos: 1 });
      expect(await heard).toBe(`devices/${id}/set/led off`);
    }

    if (ui) await isBackWithAll(ui);
    expect(thief.connected).toBe(false);
    for (const door of [stolen.direct, stolen.relayed]) {
      await expect(connect(door)).rejects.toThrow(/not authorized|bad user ?name or password/i);
    }
  });

  it("every retained message that was acknowledged before the kill is there", async () => {
    const phone = await createPhone();
    const acknowledged = new Set<string>();
    for (let i = 0; i < 2000; i++) {
      const topic = `shared/kill/${i}`;
      phone.publish(topic, String(i), { qos: 1, retain: true }, (error) => {
        if (!error && phone.connected) acknowledged.add(topic);
      });
    }
    while (acknowledged.size < 200) await new Promise((resolve) => setTimeout(resolve, 1));
    const gone = once(phone, "close");
    await server.crash();
    await gone;
    phone.end(true); // it would send the others again
    const promised = new Set(acknowledged);
    await server.start();

    const reader = await createPhone();
    const found = new Set<string>();
    const complete = new Promise<void>((resolve) => {
      reader.on("message", (topic) => {
        found.add(topic);
        if ([...promised].every((wanted) => found.has(wanted))) resolve();
      });
    });
    await reader.subscribeAsync("shared/kill/#", { qos: 1 });
    await complete;
    console.log(`${promised.size} acknowledged before the kill, ${found.size} of 2000 found after it`);
    expect(found.size).toBeGreaterThanOrEqual(promised.size);
  });
});
