// Streams with the stock `mqtt` package: a device measures, an app watches, and the API tells what came of it.
import mqtt, { type MqttClient } from "mqtt";
import { beforeAll, describe, expect, it } from "vitest";
import type { MqttAccess } from "../../tools/api.ts";
import { sharedApi } from "./server.ts";

const api = sharedApi();
let app: MqttAccess;
beforeAll(async () => {
  app = await api.createAppToken("chart", 1);
});

interface History {
  points: { at: number; mean: number; min: number; max: number; count: number }[];
}

const minute = 60_000;

function connect({ mqttUrl, secret }: MqttAccess, protocolVersion: 4 | 5): Promise<MqttClient> {
  return mqtt.connectAsync(mqttUrl, { protocolVersion, username: "me", password: secret, reconnectPeriod: 0 });
}

/** What a new subscriber finds, by topic, once there are so many. */
async function findRetained(client: MqttClient, topicFilter: string, count: number): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const all = new Promise<void>((resolve) => {
    client.on("message", (topic, payload, { retain }) => {
      if (retain) found[topic] = payload.toString();
      if (Object.keys(found).length === count) resolve();
    });
  });
  await client.subscribeAsync(topicFilter);
  await all;
  return found;
}

describe.each([4, 5] as const)("mqtt.js in protocol %s", (version) => {
  it("measures: at every QoS, retained or not, with its own times; 10 and 20 within a minute give 15", async () => {
    const { id } = await api.request<{ id: string }>("POST", "/v1/devices", { name: "meter" });
    const meter = await connect(await api.issueCredential(id), version);
    const topic = `devices/${id}/streams`;
    const at = (Math.floor(Date.now() / minute) - 2) * minute;
    await meter.publishAsync(`${topic}/t`, JSON.stringify({ value: 10, at }), { qos: 0 });
    await meter.publishAsync(`${topic}/t`, JSON.stringify({ value: 20, at: at + 1 }), { qos: 1, retain: true });
    await meter.publishAsync(`${topic}/t`, JSON.stringify([{ value: 7, at: at - 3 * minute }]), { qos: 2 });
    await meter.publishAsync(`${topic}/mode`, "eco", { qos: 1, retain: true });
    await meter.publishAsync(topic, JSON.stringify({ h: 40.5, on: true }), { qos: 1 });

    const watcher = await connect(app, version);
    const expected = { t: "20", mode: "eco", h: "40.5", on: "true" };
    const found = await findRetained(watcher, `${topic}/+`, 4);
    expect(found).toEqual(
      Object.fromEntries(Object.entries(expected).map(([name, text]) => [`${topic}/${name}`, text])),
    );
    const path = `/v1/devices/${id}/streams/t`;
    const points = [
      { at: at - 3 * minute, mean: 7, min: 7, max: 7, count: 1 },
      { at, mean: 15, min: 10, max: 20, count: 2 },
    ];
    expect((await api.request<History>("GET", path)).points).toEqual(points);
    // The same when the device has gone, and its datapoints are in a row.
    await meter.endAsync();
    await expect.poll(async () => (await api.request<History>("GET", path)).points).toEqual(points);
    await watcher.endAsync();

    const csv = await api.fetch("GET", `${path}?format=csv&resolution=hour`);
    expect((await csv.text()).split("\r\n")[0]).toBe("at,time,mean,min,max,count");
    const { items } = await api.request<{ items: { name: string; value: unknown }[] }>(
      "GET",
      `/v1/devices/${id}/streams`,
    );
    expect(items.map(({ name, value }) => [name, value])).toEqual([
      ["h", 40.5],
      ["mode", "eco"],
      ["on", true],
      ["t", 20],
    ]);
  });
});
