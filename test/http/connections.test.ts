// Who is connected how, as the API lists it: with a real hub, real doors and clients of every protocol.
import { exports } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { call, createUser, origin } from "../support/api.ts";
import { addDevice, connected, hubOf, listConnections, pathOf, steps } from "../support/connections.ts";
import { JsonClient } from "../support/json-client.ts";
import { openClient, TestClient } from "../support/mqtt-client.ts";
import { persistent } from "../support/mqtt-versions.ts";
import { useManualClock } from "../support/time.ts";

const passMs = (ms: number) => vi.setSystemTime(Date.now() + ms);

describe.each(steps)("connections, hub %s,", (_, step) => {
  useManualClock();

  it("are listed by age, however they came", async () => {
    const user = await createUser();
    const { id: deviceId, credential } = await addDevice(user);
    const appToken = await user.addAppToken();
    const startedAt = Date.now();

    const lamp = await connected(user, { ...persistent(4), password: credential, clientId: "lamp", keepalive: 30 });
    await lamp.subscribe("shared/a", "shared/+/b");
    await step(user);
    passMs(5000);
    const relayed = await openClient("/mqtt", { "cf-connecting-ip": "2001:db8::7" });
    const properties = { sessionExpiryInterval: 600 };
    await relayed.connect({ password: appToken.token, clientId: "script", keepalive: 0, properties });
    await step(user);
    passMs(5000);
    const page = await JsonClient.withToken(await user.appJwt());
    await page.ask({ type: "subscribe", topicFilter: "shared/#" });
    await step(user);
    passMs(5000);
    await lamp.settle();
    await step(user);

    const items = await listConnections(user);
    const figures = { inFlight: 0, queued: 0, queuedBytes: 0, dropped: 0, droppedFromQueue: 0, refused: 0 };
    const usual = {
      ...figures,
      country: null,
      edge: null,
      address: null,
      id: expect.stringMatching(/^con_[0-9a-z]{20}$/),
    };
    expect(items).toEqual([
      {
        ...usual,
        deviceId,
        appTokenId: null,
        shareId: null,
        name: null,
        clientId: "lamp",
        protocol: "mqtt",
        protocolVersion: "3.1.1",
        door: "direct",
        connectedAt: startedAt,
        lastSeenAt: startedAt + 15_000,
        keepAliveSeconds: 30,
        sessionExpirySeconds: 2_592_000,
        subscriptions: 2,
      },
      {
        ...usual,
        address: "2001:db8::7",
        deviceId: null,
        appTokenId: appToken.id,
        shareId: null,
        name: "script",
        clientId: "script",
        protocol: "mqtt",
        protocolVersion: "5",
        door: "relayed",
        connectedAt: startedAt + 5000,
        lastSeenAt: startedAt + 5000,
        keepAliveSeconds: 60,
        sessionExpirySeconds: 600,
        subscriptions: 0,
      },
      {
        ...usual,
        deviceId: null,
        appTokenId: null,
        shareId: null,
        name: null,
        clientId: items[2].id,
        protocol: "json",
        protocolVersion: null,
        door: "direct",
        connectedAt: startedAt + 10_000,
        lastSeenAt: startedAt + 10_000,
        keepAliveSeconds: 0,
        sessionExpirySeconds: 0,
        subscriptions: 1,
      },
    ]);

    expect(await listConnections(user, "?apps=true")).toEqual(items.slice(1));

    const { id: dashboardId } = (await user.post("/v1/dashboards", { title: "Home" })).body;
    const body = { kind: "link", label: "Neighbours" };
    const { id: shareId, secret } = (await user.post(`/v1/dashboards/${dashboardId}/shares`, body)).body;
    const { token } = (await call("POST", "/v1/shared-dashboards/open", { body: { secret } })).body;
    await step(user);
    await JsonClient.withToken(token);
    const [guest] = (await listConnections(user)).slice(items.length);
    expect(guest).toMatchObject({ deviceId: null, appTokenId: null, shareId, name: "Neighbours" });

    lamp.drop();
    await lamp.expectClosed();
    await step(user);
    expect(await listConnections(user)).toEqual([...items.slice(1), guest]);
  });

  it("say where they came in", async () => {
    const user = await createUser();
    const request = new Request(`${origin}${pathOf(user)}`, {
      headers: { upgrade: "websocket", "cf-connecting-ip": "192.0.2.7" },
      cf: { country: "NZ", colo: "AKL" },
    });
    const { webSocket } = await exports.default.fetch(request);
    const client = new TestClient(webSocket as WebSocket);
    await client.connect({ password: await user.appJwt() });
    await step(user);
    expect(await listConnections(user)).toMatchObject([{ country: "NZ", edge: "AKL", address: "192.0.2.7" }]);
  });

  it("show what waits for a slow client, and what was dropped and refused", async () => {
    const user = await createUser();
    const { id: deviceId, credential } = await addDevice(user);
    const properties = { receiveMaximum: 1, maximumPacketSize: 250_000 };
    const slow = await connected(user, { password: credential, properties });
    await slow.subscribe({ topic: "shared/#", qos: 1 });
    const send = (bytes: number) =>
      hubOf(user).publish({ topic: "shared/a", payload: new Uint8Array(bytes), qos: 1, retain: false });
    await send(10);
    await step(user);
    for (let i = 0; i < 3; i++) await send(100);
    await step(user);
    const [waiting] = await listConnections(user);
    expect(waiting).toMatchObject({ inFlight: 1, queued: 3, dropped: 0 });
    expect(waiting.queuedBytes).toBeGreaterThanOrEqual(300);

    // More than MAX_QUEUED_BYTES: the oldest go.
    for (let i = 0; i < 21; i++) await send(200_000);
    await step(user);
    const [full] = await listConnections(user);
    expect(full.queued + full.dropped).toBe(24);
    expect(full.dropped).toBeGreaterThanOrEqual(4);
    expect(full.droppedFromQueue).toBe(full.dropped);
    expect(full.queuedBytes).toBeLessThanOrEqual(4_194_304);

    slow.publish(`devices/${deviceId}/presence`, "not yours", { qos: 1 });
    await slow.next("publish");
    expect(await slow.next("puback")).toMatchObject({ reasonCode: 0x87 });
    await step(user);
    expect(await listConnections(user)).toMatchObject([{ refused: 1 }]);
  });

  it("count what is larger than the client takes, which no queue held", async () => {
    const user = await createUser();
    const small = await connected(user, { properties: { maximumPacketSize: 100 } });
    await small.subscribe("shared/#");
    await step(user);
    await hubOf(user).publish({ topic: "shared/a", payload: new Uint8Array(200), qos: 0, retain: false });
    await step(user);
    expect(await listConnections(user)).toMatchObject([{ dropped: 1, droppedFromQueue: 0 }]);
  });

  it("are those of one device, if asked", async () => {
    const user = await createUser();
    const [one, other] = [await addDevice(user), await addDevice(user)];
    for (const { credential } of [one, other, one]) {
      passMs(1000);
      await connected(user, { password: credential });
    }
    passMs(1000);
    await connected(user);
    await step(user);
    const all = await listConnections(user);
    expect(all.map(({ deviceId }) => deviceId)).toEqual([one.id, other.id, one.id, null]);
    expect(await listConnections(user, `?deviceId=${one.id}`)).toEqual([all[0], all[2]]);
    expect(await listConnections(user, `?deviceId=${one.id}&limit=1&cursor=${all[0].id}`)).toEqual([all[2]]);
    for (const nobody of [newId("dev"), await user.addDevice(), "x"]) {
      expect(await listConnections(user, `?deviceId=${nobody}`)).toEqual([]);
    }
    expect(await listConnections(await createUser(), `?deviceId=${one.id}`)).toEqual([]);
  });

  it("are not sockets that have shown nothing, nor sessions without a socket", async () => {
    const user = await createUser();
    await openClient(pathOf(user));
    const gone = await connected(user, persistent(5));
    gone.drop();
    await gone.expectClosed();
    await step(user);
    expect(await listConnections(user)).toEqual([]);
  });

  it("are not those that fell silent", async () => {
    const user = await createUser();
    const silent = await connected(user, { keepalive: 10 });
    await step(user);
    passMs(16_000);
    expect(await listConnections(user)).toEqual([]);
    expect(await silent.next("disconnect")).toMatchObject({ reasonCode: 0x8d });
    expect(await silent.expectClosed()).toMatchObject({ code: 1008 });
  });

  it("come in pages, complete and without duplicates, while some go", async () => {
    const user = await createUser();
    const clients: TestClient[] = [];
    for (let i = 0; i < 5; i++) clients.push(await connected(user));
    await step(user);
    const ids = (await listConnections(user)).map(({ id }) => id);
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(5);
    for (const limit of [1, 2, 3, 4, 5, 50]) {
      const seen: string[] = [];
      for (let cursor: string | null = ""; cursor !== null;) {
        const { body } = await user.get(`/v1/connections?limit=${limit}${cursor && `&cursor=${cursor}`}`);
        seen.push(...body.items.map(({ id }: { id: string }) => id));
        cursor = body.nextCursor;
      }
      expect(seen).toEqual(ids);
    }
    const { body: first } = await user.get("/v1/connections?limit=2");
    expect(await user.delete(`/v1/connections/${first.nextCursor}`)).toMatchObject({ status: 204 });
    await step(user);
    expect((await listConnections(user, `?cursor=${first.nextCursor}`)).map(({ id }) => id)).toEqual(ids.slice(2));
  });
});
