// The stock `mqtt` package plays both roles of the demo's script, and comes in by every way a door offers.
import mqtt, { type IClientOptions } from "mqtt";
import { beforeAll, describe, expect, it } from "vitest";
import type { MqttAccess } from "../../tools/api.ts";
import { type ProtocolVersion, startMqttJsLamp, startMqttJsPhone } from "./mqtt-js-actors.ts";
import { sharedApi } from "./server.ts";
import { type Ticket, doors, issueTickets, playScript } from "./script.ts";

const api = sharedApi();
let app: MqttAccess;
beforeAll(async () => {
  app = await api.createAppToken("phone", 1);
});

const cases = doors.flatMap((door) => ([4, 5] as ProtocolVersion[]).map((version) => ({ door, version })));

describe.each(cases)("mqtt.js through the $door door in protocol $version", ({ door, version }) => {
  it("plays the demo, with an app token", async () => {
    const tickets = await issueTickets(api, door, app);
    const lamp = await startMqttJsLamp(tickets.lamp, version);
    await playScript(`mqtt.js, ${door}, protocol ${version}`, lamp, () => startMqttJsPhone(tickets.phone, version));
    await lamp.stop();
  });

  it("plays the demo, with the JWT of an app", async () => {
    const tickets = await issueTickets(api, door, await api.appJwt());
    const lamp = await startMqttJsLamp(tickets.lamp, version);
    await playScript(`mqtt.js, ${door}, protocol ${version}`, lamp, () => startMqttJsPhone(tickets.phone, version));
    await lamp.stop();
  });

  it("is refused with a forged credential", async () => {
    const { lamp } = await issueTickets(api, door, app);
    const forged = { ...lamp, password: `${lamp.password.slice(0, -4)}AAAA` };
    await expect(startMqttJsLamp(forged, version)).rejects.toThrow(/not authorized|bad user ?name or password/i);
  });

  it("is refused with a credential that was revoked", async () => {
    const { lamp } = await issueTickets(api, door, app);
    await api.revokeCredential(lamp.deviceId);
    await expect(startMqttJsLamp(lamp, version)).rejects.toThrow(/not authorized|bad user ?name or password/i);
  });
});

describe("a token on the upgrade lets plain /mqtt go direct, and CONNECT needs no password", () => {
  const credentials: Record<string, (token: string) => string> = {
    Bearer: (token) => `Bearer ${token}`,
    Basic: (token) => `Basic ${Buffer.from(`me:${token}`).toString("base64")}`,
  };

  it.each(Object.entries(credentials))("by Authorization: %s", async (_scheme, authorization) => {
    const { lamp } = await issueTickets(api, "relayed", app);
    const headers = { authorization: authorization(lamp.password) };
    for (const protocolVersion of [4, 5] as const) {
      await hearItself(mqtt, lamp, { protocolVersion, wsOptions: { headers } });
    }
  });

  it("by a second subprotocol, with the package's browser build on a WebSocket that cannot set headers", async () => {
    const { default: browserMqtt } = (await import("mqtt/dist/mqtt.esm" as string)) as { default: typeof mqtt };
    const { lamp } = await issueTickets(api, "relayed", app);
    for (const protocolVersion of [4, 5] as const) {
      await hearItself(browserMqtt, lamp, {
        protocolVersion,
        forceNativeWebSocket: true,
        createWebsocket: (url, protocols) => new WebSocket(url, [...protocols, `bearer.${lamp.password}`]),
      });
    }
  });
});

describe.each(doors)("a bounded connection through the %s door", (door) => {
  it("ends with 0xA0, and the package comes back to its session", async () => {
    const { lamp } = await issueTickets(api, door, app);
    const client = await mqtt.connectAsync(`${lamp.url}?maxSeconds=1`, {
      protocolVersion: 5,
      clientId: "bounded",
      clean: false,
      username: "any",
      password: lamp.password,
      keepalive: 1,
      reconnectPeriod: 50,
      properties: { sessionExpiryInterval: 600 },
    });
    const ended = new Promise<number | undefined>((resolve) => {
      client.once("disconnect", ({ reasonCode }) => resolve(reasonCode));
    });
    const back = new Promise<boolean>((resolve) =>
      client.once("connect", ({ sessionPresent }) => resolve(sessionPresent)),
    );
    expect(await ended).toBe(0xa0);
    expect(await back).toBe(true);
    await client.endAsync();
  });
});

/** Connects, subscribes to what it publishes, and hears it. */
async function hearItself(
  { connectAsync }: typeof mqtt,
  { url, deviceId }: Ticket,
  way: IClientOptions,
): Promise<void> {
  const client = await connectAsync(url, { ...way, reconnectPeriod: 0 }, false);
  const topic = `devices/${deviceId}/streams/led`;
  const echo = new Promise((resolve) => client.once("message", (_topic, payload) => resolve(payload.toString())));
  await client.subscribeAsync(topic);
  await client.publishAsync(topic, "on", { qos: 1 });
  expect(await echo).toBe("on");
  await client.endAsync();
}
