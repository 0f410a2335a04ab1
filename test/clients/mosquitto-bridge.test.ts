// Debian's mosquitto as a house's own broker, with a bridge to the cloud through the gateway, as its manual describes one.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import type { MqttAccess } from "../../tools/api.ts";
import { findFreePort } from "../../tools/ports.ts";
import { GatewayProcess } from "../process/gateway-process.ts";
import { mosquittoBroker, mosquittoClients, skipWithout } from "../support/debian-packages.ts";
import { mosquittoPub, mosquittoSub, startMosquitto } from "./mosquitto-clients.ts";
import { sharedApi } from "./server.ts";

const { skip, why } = skipWithout(mosquittoBroker, mosquittoClients);

describe.skipIf(skip)(`a mosquitto bridge${why}`, () => {
  const dir = mkdtempSync(join(tmpdir(), "homeport-bridge-"));
  const { url } = inject("clientsServer");
  let app: MqttAccess;
  /** Ended after each test, however far it came. */
  const started: { stop(): Promise<void> }[] = [];
  beforeAll(async () => {
    app = await sharedApi().createAppToken("bridge", 1);
  });
  afterEach(async () => {
    await Promise.all(started.splice(0).map((process) => process.stop()));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const cases = ["mqttv311", "mqttv50"].flatMap((version) => [0, 1, 2].map((qos) => ({ version, qos })));
  it.each(cases)("carries messages both ways at QoS $qos, $version", async ({ version, qos }) => {
    const gateway = await GatewayProcess.start(url);
    started.push(gateway);
    const { house, phone, root } = await startHouse(gateway.port, version, qos);
    const inHouse = await mosquittoSub(house, ["-t", `${root}/down/#`, "-q", String(qos)]);
    started.push(inHouse);
    const onPhone: string[] = [];
    phone.on("message", (topic, payload) => onPhone.push(`${topic} ${payload}`));
    await phone.subscribeAsync(`${root}/state`, { qos: 1 });
    await waitFor(() => onPhone.length > 0);
    expect(onPhone.splice(0)).toEqual([`${root}/state 1`]);
    await phone.subscribeAsync(`${root}/up/#`, { qos: qos as 0 | 1 | 2 });
    await mosquittoPub(house, ["-t", `${root}/up/a`, "-q", String(qos), "-l"], ["one", "two", "three"]);
    await waitFor(() => onPhone.length >= 3);
    expect(onPhone).toEqual(["one", "two", "three"].map((text) => `${root}/up/a ${text}`));
    const heard = inHouse.nextLine(/ down$/, "show what the phone sent");
    await phone.publishAsync(`${root}/down/b`, "down", { qos: qos as 0 | 1 | 2 });
    expect(await heard).toBe(`${root}/down/b down`);
    await gateway.stop();
    await waitFor(() => onPhone.length >= 4);
    expect(onPhone[3]).toBe(`${root}/state 0`);
  });

  it("delivers everything exactly once at QoS 2 although the gateway was away meanwhile", async () => {
    const port = await findFreePort();
    const args = ["--listen", String(port)];
    const first = await GatewayProcess.start(url, ...args);
    started.push(first);
    const { house, phone, root } = await startHouse(port, "mqttv311", 2);
    const inHouse = await mosquittoSub(house, ["-t", `${root}/down/#`, "-q", "2"]);
    started.push(inHouse);
    const onPhone: string[] = [];
    phone.on("message", (_topic, payload) => onPhone.push(String(payload)));
    await phone.subscribeAsync(`${root}/up/#`, { qos: 2 });
    const texts = Array.from({ length: 30 }, (_, index) => `message ${index}`);
    const inHouseShown = (): string[] =>
      inHouse.lines.filter((line) => line.startsWith(root)).map((line) => line.slice(`${root}/down/b `.length));
    const send = async (from: number, to: number): Promise<void> => {
      await mosquittoPub(house, ["-t", `${root}/up/a`, "-q", "2", "-l"], texts.slice(from, to));
      for (const text of texts.slice(from, to)) await phone.publishAsync(`${root}/down/b`, text, { qos: 2 });
    };
    await send(0, 10);
    await first.stop();
    await send(10, 20);
    started.push(await GatewayProcess.start(url, ...args));
    await send(20, 30);
    await waitFor(() => onPhone.length >= texts.length && inHouseShown().length >= texts.length);
    expect(onPhone).toEqual(texts);
    expect(inHouseShown()).toEqual(texts);
  });

  /** A broker whose bridge is up, and a phone that is connected to the cloud directly. */
  async function startHouse(gatewayPort: number, version: string, qos: number) {
    const port = await findFreePort();
    const root = `shared/house-${port}`;
    const broker = await startMosquitto(dir, port, [
      `address 127.0.0.1:${gatewayPort}`,
      `bridge_protocol_version ${version}`,
      "remote_username me",
      `remote_password ${app.secret}`,
      `remote_clientid house-${port}`,
      "cleansession false",
      "restart_timeout 1",
      "try_private false", // a bit in CONNECT that only mosquitto knows, tried first
      `notification_topic ${root}/state`, // its will; where it goes by default, below $SYS, nobody may write
      `topic # out ${qos} ${root}/up/ ${root}/up/`,
      `topic # in ${qos} ${root}/down/ ${root}/down/`,
    ]);
    started.push(broker);
    await waitFor(() => broker.lines.some((line) => /Received SUBACK from/.test(line)));
    const phone = await mqtt.connectAsync(app.mqttUrl, { username: "me", password: app.secret }, false);
    started.push({ stop: () => phone.endAsync() });
    return { phone, root, house: { port, password: "" } };
  }
});

/** Bounded by the test's own limit. */
async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
