// The JSON protocol with clients that have nothing but a WebSocket: Node's own, and a page in Debian's Chromium.
import mqtt from "mqtt";
import type { Browser } from "playwright-core";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { launchBrowser } from "../support/console.ts";
import { chromiumBrowser, skipWithout } from "../support/debian-packages.ts";
import { sharedApi } from "./server.ts";

const { url: serverUrl } = inject("clientsServer");
const api = sharedApi();
let deviceId: string;
let token: string;

beforeAll(async () => {
  deviceId = (await api.createDevice("lamp")).id;
  token = (await api.createAppToken("page", 1)).secret;
});

/** A lamp on the stock MQTT client that reports every command it gets. */
async function startLamp(): Promise<mqtt.MqttClient> {
  const { mqttUrl, secret } = await api.issueCredential(deviceId);
  const lamp = await mqtt.connectAsync(mqttUrl, { username: "lamp", password: secret });
  lamp.on("message", (_topic, payload) => {
    lamp.publish(`devices/${deviceId}/streams/led`, payload, { qos: 1, retain: true });
  });
  await lamp.subscribeAsync(`devices/${deviceId}/set/led`, { qos: 1 });
  return lamp;
}

interface Exchange {
  url: string;
  token: string;
  deviceId: string;
}

/** What a page does, in nothing but the browser's own means: it runs in Node and in Chromium alike. */
async function exchange({ url, token: secret, deviceId: id }: Exchange): Promise<unknown[]> {
  const socket = new WebSocket(url, ["homeport.json.v1", `bearer.${secret}`]);
  const frames: unknown[] = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`only ${JSON.stringify(frames)}`)), 8000);
    socket.addEventListener("error", () => reject(new Error("the socket failed")));
    socket.addEventListener("open", () => {
      socket.send(JSON.stringify({ type: "subscribe", id: 1, topicFilter: `devices/${id}/streams/led` }));
    });
    socket.addEventListener("message", ({ data }) => {
      const frame = data === "pong" ? "pong" : JSON.parse(data as string);
      frames.push(frame);
      if (frame.id === 1) {
        socket.send(JSON.stringify({ type: "publish", id: 2, topic: `devices/${id}/set/led`, payload: "on", qos: 1 }));
      }
      if (frame.type === "message" && frame.payload === "on" && !frame.retain) socket.send("ping");
      if (frame !== "pong") return;
      clearTimeout(timer);
      socket.addEventListener("close", () => resolve([socket.protocol, ...frames]));
      socket.close(1000);
    });
  });
}

async function expectExchange(run: (input: Exchange) => Promise<unknown[]>): Promise<void> {
  const lamp = await startLamp();
  try {
    const url = `${serverUrl.replace("http", "ws")}/v1/connect`;
    const [protocol, ...frames] = await run({ url, token, deviceId });
    expect(protocol).toBe("homeport.json.v1");
    expect(frames).toContainEqual({ type: "ok", id: 1 });
    expect(frames).toContainEqual({ type: "ok", id: 2, receivers: 1 });
    expect(frames).toContainEqual({ type: "message", topic: `devices/${deviceId}/streams/led`, payload: "on" });
    expect(frames.at(-1)).toBe("pong");
  } finally {
    await lamp.endAsync();
  }
}

describe("the JSON protocol", () => {
  it("works with Node's own WebSocket", () => expectExchange(exchange));

  const { skip, why } = skipWithout(chromiumBrowser);
  it.skipIf(skip)(`works in a page in Chromium${why}`, async () => {
    let browser: Browser | null = null;
    try {
      browser = await launchBrowser();
      const page = await browser.newPage();
      await page.goto(`${serverUrl}/healthz`);
      await expectExchange((input) => page.evaluate(exchange, input));
    } finally {
      await browser?.close();
    }
  });
});
