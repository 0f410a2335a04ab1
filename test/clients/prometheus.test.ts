// Debian's prometheus-mqtt-exporter, a Go client of 3.1.1 that subscribes and shows the last values as metrics. It publishes
// nothing, has no will and asks for a clean session; it comes back by itself.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { MqttAccess } from "../../tools/api.ts";
import { LineProcess } from "../../tools/line-process.ts";
import { findFreePort } from "../../tools/ports.ts";
import { prometheusExporter, skipWithout } from "../support/debian-packages.ts";
import { sharedApi } from "./server.ts";

const { skip, why } = skipWithout(prometheusExporter);

describe.skipIf(skip)(`prometheus-mqtt-exporter${why}`, () => {
  let app: MqttAccess;
  let lamp: MqttClient;
  let deviceId: string;
  const dir = mkdtempSync(join(tmpdir(), "homeport-prometheus-"));
  let exporter: LineProcess | null = null;
  beforeAll(async () => {
    const api = sharedApi();
    app = await api.createAppToken("prometheus", 1);
    deviceId = (await api.createDevice("meter")).id;
    const { mqttUrl, secret } = await api.issueCredential(deviceId);
    lamp = await mqtt.connectAsync(mqttUrl, { username: "me", password: secret }, false);
  });
  afterEach(() => exporter?.stop());
  afterAll(async () => {
    await lamp?.endAsync(true);
    rmSync(dir, { recursive: true, force: true });
  });

  async function startExporter(topicFilter: string, qos: number): Promise<string> {
    const port = await findFreePort();
    const config = join(dir, `${randomUUID()}.yaml`);
    writeFileSync(
      config,
      JSON.stringify({
        mqtt: {
          server: app.mqttUrl,
          user: "prometheus",
          password: app.secret,
          topic_path: topicFilter,
          device_id_regex: "devices/(?P<deviceid>[^/]+)/.*",
          qos,
          client_id: `prometheus-${qos}`,
        },
        cache: { timeout: "60m" },
        metrics: [{ prom_name: "watts", mqtt_name: "watts", help: "Power", type: "gauge" }],
      }),
    );
    const args = ["-config", config, "-listen-address", "127.0.0.1", "-listen-port", `${port}`, "-log-level", "debug"];
    exporter = new LineProcess("/usr/bin/prometheus-mqtt-exporter", args, { name: "prometheus-mqtt-exporter" });
    return `http://127.0.0.1:${port}/metrics`;
  }

  /** Waits until the metrics have this value. */
  async function expectWatts(url: string, watts: number): Promise<void> {
    let last = "no metrics";
    for (const deadline = Date.now() + 15_000; Date.now() < deadline; await delay(50)) {
      try {
        last = await (await fetch(url)).text();
      } catch {
        continue; // not listening yet
      }
      const line = last.split("\n").find((text) => text.startsWith("watts{"));
      if (line?.includes(`sensor="${deviceId}"`) && line.includes(` ${watts}`)) return;
    }
    expect(last).toContain(`watts ${watts}`);
  }

  it.each([0, 1, 2] as const)("shows the retained value at once, and what follows at QoS %i", async (qos) => {
    const topic = `devices/${deviceId}/meter`;
    await lamp.publishAsync(topic, JSON.stringify({ watts: 10 + qos }), { qos, retain: true });
    const url = await startExporter(`devices/+/meter`, qos);
    await expectWatts(url, 10 + qos);
    await lamp.publishAsync(topic, JSON.stringify({ watts: 20 + qos }), { qos });
    await expectWatts(url, 20 + qos);
  });
});
