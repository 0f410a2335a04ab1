// The real server on MySQL while its database is stopped and started: sockets go on, the API says when to come back.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api, MqttAccess } from "../../tools/api.ts";
import { mariaDbServer, skipWithout } from "../support/debian-packages.ts";
import { MariaDb } from "../support/mariadb.ts";
import { MysqlBridge } from "../support/mysql-bridge.ts";
import { TestServer } from "../support/server.ts";

const { skip, why } = skipWithout(mariaDbServer);

describe.skipIf(skip)(`a database that is stopped and started${why}`, () => {
  const folder = mkdtempSync(join(tmpdir(), "homeport-outage-"));
  let mariaDb: MariaDb;
  let bridge: MysqlBridge;
  let server: TestServer;
  const clients: MqttClient[] = [];

  beforeAll(async () => {
    mariaDb = await MariaDb.start(folder, "only-for-tests");
    bridge = await MysqlBridge.start(mariaDb.access);
    server = await TestServer.start(bridge.url);
  });
  afterAll(async () => {
    for (const client of clients) client.end(true);
    await server?.remove();
    await bridge?.stop();
    await mariaDb?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function connect({ mqttUrl, secret }: MqttAccess): Promise<MqttClient> {
    const client = await mqtt.connectAsync(mqttUrl, { username: "me", password: secret, reconnectPeriod: 100 });
    clients.push(client);
    return client;
  }

  /** Publishes numbers with QoS 1 until it is told to stop; resolves with how many were acknowledged. */
  function count(client: MqttClient, topic: string, stop: AbortSignal): Promise<number> {
    const run = async (): Promise<number> => {
      let sent = 0;
      for (; !stop.aborted; sent++) {
        await client.publishAsync(topic, String(sent), { qos: 1 });
        await delay(5);
      }
      return sent;
    };
    return run();
  }

  function collect(client: MqttClient, topic: string): number[] {
    const numbers: number[] = [];
    client.on("message", (arrived, payload) => {
      if (arrived === topic) numbers.push(Number(payload.toString()));
    });
    return numbers;
  }

  async function until(condition: () => boolean | Promise<boolean>, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while (!(await condition())) {
      if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${String(condition)}`);
      await delay(50);
    }
  }

  it("loses no message between devices and apps, who can also come back meanwhile", async () => {
    const api: Api = await server.createUser();
    const { id } = await api.createDevice("lamp");
    const [lampAccess, phoneAccess] = [await api.issueCredential(id), await api.createAppToken("phone", 1)];
    const [lamp, phone] = [await connect(lampAccess), await connect(phoneAccess)];
    const [measured, commands] = [`devices/${id}/streams/count`, `devices/${id}/set/count`];
    await phone.subscribeAsync(measured, { qos: 1 });
    await lamp.subscribeAsync(commands, { qos: 1 });
    const [atPhone, atLamp] = [collect(phone, measured), collect(lamp, commands)];
    let breaks = 0;
    for (const client of [lamp, phone]) client.on("close", () => breaks++);

    const end = new AbortController();
    const [fromLamp, fromPhone] = [count(lamp, measured, end.signal), count(phone, commands, end.signal)];
    const isUp = async (): Promise<boolean> => (await ask(api)).status === 200;
    await until(() => atLamp.length > 50 && atPhone.length > 50, 10_000);

    await mariaDb.stop("SIGKILL");
    const stoppedAt = performance.now();
    const refused = await ask(api);
    expect(refused).toMatchObject({ status: 503, retryAfter: "5", code: "unavailable" });
    expect(await ask(api, "POST")).toMatchObject({ status: 503, retryAfter: "5", code: "unavailable" });
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    const late = await connect(lampAccess);
    expect(late.connected).toBe(true);
    late.end(true);
    const duringOutage = atPhone.length;
    await until(() => atPhone.length > duringOutage + 50, 10_000);

    await mariaDb.start();
    await until(isUp, 10_000);
    const downMs = performance.now() - stoppedAt;
    expect(await ask(api, "POST")).toMatchObject({ status: 201 });
    end.abort();
    const [sentByLamp, sentByPhone] = [await fromLamp, await fromPhone];
    await until(() => atPhone.length >= sentByLamp && atLamp.length >= sentByPhone, 10_000);
    console.log(
      `down ${downMs.toFixed(0)} ms; ${sentByLamp} numbers to the phone, ${sentByPhone} to the lamp, none lost`,
    );
    for (const [numbers, sent] of [
      [atPhone, sentByLamp],
      [atLamp, sentByPhone],
    ] as const) {
      expect(numbers).toEqual(Array.from({ length: sent }, (_, i) => i));
    }
    expect(breaks).toBe(0);
  });

  /** The devices, or a new one. */
  async function ask(api: Api, method: "GET" | "POST" = "GET") {
    const response = await api.fetch(method, "/v1/devices", method === "POST" ? { name: "another" } : undefined);
    const { error } = (await response.json()) as { error?: { code: string } };
    return { status: response.status, retryAfter: response.headers.get("retry-after"), code: error?.code };
  }
});
