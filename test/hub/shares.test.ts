// What a shared dashboard lets people do with real connections: what its widgets need, and nothing else; and for how long.
import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { systemContext } from "../../src/services/context.ts";
import { retryNotices } from "../../src/services/hub/retry-notices.ts";
import { call, createUser, type TestUser } from "../support/api.ts";
import { CountedBindings } from "../support/counted-bindings.ts";
import { JsonClient } from "../support/json-client.ts";
import { openClient, type TestClient } from "../support/mqtt-client.ts";

const notAuthorized = 0x87;

interface House {
  owner: TestUser;
  lamp: string;
  dashboardId: string;
  /** The owner's own connection. */
  app: TestClient;
}

/** A lamp on a dashboard: a switch, and a chart of its temperature. */
async function createHouse(): Promise<House> {
  const owner = await createUser();
  const lamp = await owner.addDevice();
  await owner.post(`/v1/devices/${lamp}/credentials`);
  await owner.post(`/v1/devices/${lamp}/messages`, { topic: "streams/temperature", payload: 20, retain: true });
  await owner.post(`/v1/devices/${lamp}/messages`, { topic: "streams/secret", payload: 42 });
  const { body } = await owner.post("/v1/dashboards", { title: "Home", widgets: widgetsOf(lamp) });
  const { mqttUrl } = (await owner.get("/api/auth/token")).body;
  const app = await openClient(new URL(mqttUrl).pathname);
  await app.connect({ password: await owner.appJwt() });
  return { owner, lamp, dashboardId: body.id, app };
}

function widgetsOf(deviceId: string) {
  return [
    {
      id: "s",
      type: "switch",
      command: { deviceId, set: "led" },
      on: "1",
      off: "0",
      state: { deviceId, stream: "led" },
    },
    { id: "c", type: "chart", series: [{ source: { deviceId, stream: "temperature" } }], range: "day" },
  ];
}

async function shareWith(house: House, rights: "view" | "control") {
  const person = await createUser();
  const body = { kind: "person", email: person.email, rights };
  const share = (await house.owner.post(`/v1/dashboards/${house.dashboardId}/shares`, body)).body;
  const issued = (await person.post(`/v1/shared-dashboards/${share.id}/token`)).body;
  return { person, shareId: share.id as string, token: issued.token as string, path: pathOf(issued.mqttUrl) };
}

function pathOf(mqttUrl: string): string {
  return new URL(mqttUrl).pathname;
}

async function connected({ token, path }: { token: string; path: string }): Promise<TestClient> {
  const client = await openClient(path);
  expect(await client.connect({ password: token })).toMatchObject({ reasonCode: 0 });
  return client;
}

describe("whom a dashboard is shared with", () => {
  it("can press what it has, sees what it shows, and reaches nothing else", async () => {
    const house = await createHouse();
    const { lamp, app } = house;
    const client = await connected(await shareWith(house, "control"));
    const shown = [`devices/${lamp}/streams/temperature`, `devices/${lamp}/streams/led`, `devices/${lamp}/presence`];
    expect(await client.subscribe(...shown)).toEqual([0, 0, 0]);
    expect([(await client.nextMessage()).text, (await client.nextMessage()).topic]).toEqual(["20", shown[2]]);
    const hidden = [
      "#",
      `devices/${lamp}/#`,
      `devices/${lamp}/streams/+`,
      `devices/${lamp}/streams/secret`,
      "shared/x",
    ];
    expect(await client.subscribe(...hidden, `$share/g/${shown[0]}`)).toEqual(Array(6).fill(notAuthorized));
    await app.subscribe("devices/+/set/+", "shared/#");
    client.publish(`devices/${lamp}/set/led`, "1", { qos: 1 });
    expect(await client.next("puback")).toMatchObject({ reasonCode: 0 });
    expect(await app.nextMessage()).toMatchObject({ topic: `devices/${lamp}/set/led`, text: "1" });
    for (const topic of [`devices/${lamp}/set/other`, `devices/${lamp}/streams/led`, "shared/x"]) {
      client.publish(topic, "1", { qos: 1 });
      expect(await client.next("puback")).toMatchObject({ reasonCode: notAuthorized });
    }
    await app.expectNoPacket();
  });

  it("only looks, if that is all", async () => {
    const house = await createHouse();
    const shared = await shareWith(house, "view");
    const client = await connected(shared);
    client.publish(`devices/${house.lamp}/set/led`, "1", { qos: 1 });
    expect(await client.next("puback")).toMatchObject({ reasonCode: notAuthorized });
    await house.owner.patch(`/v1/dashboard-shares/${shared.shareId}`, { rights: "control" });
    client.publish(`devices/${house.lamp}/set/led`, "1", { qos: 1 });
    expect(await client.next("puback")).toMatchObject({ reasonCode: 0 });
  });

  it("may what the dashboard has now, while connected", async () => {
    const house = await createHouse();
    const client = await connected(await shareWith(house, "control"));
    const { lamp } = house;
    await client.subscribe(`devices/${lamp}/streams/led`);
    const widgets = [{ id: "v", type: "value", source: { deviceId: lamp, stream: "secret" } }];
    await house.owner.patch(`/v1/dashboards/${house.dashboardId}`, { widgets });
    expect(await client.subscribe(`devices/${lamp}/streams/secret`, `devices/${lamp}/streams/led`)).toEqual([
      0,
      notAuthorized,
    ]);
    expect(await client.nextMessage()).toMatchObject({ text: "42" });
    house.app.publish(`devices/${lamp}/streams/led`, "1");
    await house.app.settle();
    await client.expectNoPacket();
  });

  it.each([
    [
      "the owner ends the share",
      ({ owner }: House, shareId: string) => owner.delete(`/v1/dashboard-shares/${shareId}`),
    ],
    [
      "the owner deletes the dashboard",
      ({ owner, dashboardId }: House) => owner.delete(`/v1/dashboards/${dashboardId}`),
    ],
  ])("is out at once when %s", async (_, end) => {
    const house = await createHouse();
    const shared = await shareWith(house, "control");
    const client = await connected(shared);
    const json = await JsonClient.withToken(shared.token);
    const history = `/v1/devices/${house.lamp}/streams/temperature`;
    expect(await call("GET", history, { token: shared.token })).toMatchObject({ status: 200 });
    expect(await end(house, shared.shareId)).toMatchObject({ status: 204 });
    expect(await client.next("disconnect")).toMatchObject({ reasonCode: notAuthorized });
    await client.expectClosed();
    await json.closed;
    const again = await openClient(shared.path);
    expect(await again.connect({ password: shared.token })).toMatchObject({ reasonCode: 0x86 });
    expect(await call("GET", history, { token: shared.token })).toMatchObject({ status: 401 });
    expect(await house.owner.get("/v1/devices")).toMatchObject({ status: 200 });
    await house.app.settle();
  });

  it("leaves no session behind", async () => {
    const house = await createHouse();
    const { token, path } = await shareWith(house, "view");
    const client = await openClient(path);
    const properties = { sessionExpiryInterval: 3600 };
    expect(await client.connect({ password: token, properties })).toMatchObject({
      properties: { sessionExpiryInterval: 0 },
    });
  });
});

describe("a share's token at the API", () => {
  it("reads the shown histories, and is a stranger's everywhere else", async () => {
    const house = await createHouse();
    const { lamp, owner, dashboardId } = house;
    const other = await owner.addDevice();
    const { token } = await shareWith(house, "control");
    const ask = (method: string, path: string, body?: unknown) => call(method, path, { token, body });
    expect(await ask("GET", `/v1/devices/${lamp}/streams/temperature`)).toMatchObject({ status: 200 });
    expect(await ask("GET", `/v1/streams?name=temperature&devices=${lamp}`)).toMatchObject({ status: 200 });
    expect((await ask("GET", `/v1/devices/${lamp}/streams`)).body.items).toMatchObject([{ name: "temperature" }]);
    for (const path of [
      `/v1/devices/${lamp}/streams/secret`,
      `/v1/devices/${other}/streams`,
      `/v1/devices/${other}/streams/temperature`,
      "/v1/streams?name=temperature",
      `/v1/streams?name=temperature&devices=${lamp},${other}`,
      `/v1/streams?name=secret&devices=${lamp}`,
    ]) {
      expect(await ask("GET", path), path).toMatchObject({ status: 404 });
    }
    for (const [method, path] of [
      ["GET", "/v1/devices"],
      ["GET", `/v1/devices/${lamp}`],
      ["GET", `/v1/devices/${lamp}/presence`],
      ["PATCH", `/v1/devices/${lamp}/streams/temperature`],
      ["GET", `/v1/dashboards/${dashboardId}`],
      ["GET", "/v1/shared-dashboards"],
      ["POST", "/v1/app-tokens"],
      ["GET", "/api/auth/token"],
    ] as const) {
      expect(await ask(method, path, method === "GET" ? undefined : {}), path).toMatchObject({ status: 401 });
    }
  });

  it("ends with the share's time", async () => {
    const house = await createHouse();
    const body = { kind: "link", expiresInDays: 1 };
    const made = (await house.owner.post(`/v1/dashboards/${house.dashboardId}/shares`, body)).body;
    const opened = (await call("POST", "/v1/shared-dashboards/open", { body: { secret: made.secret } })).body;
    expect(opened.expiresAt).toBeLessThanOrEqual(made.expiresAt);
    await connected({ token: opened.token, path: pathOf(opened.mqttUrl) });
  });

  it("is not had by guessing, and no hub is woken for it", async () => {
    const { bindings, hubCalls } = new CountedBindings();
    for (const secret of ["x", `shr_${"0".repeat(20)}.${"0".repeat(32)}`]) {
      const answer = await call("POST", "/v1/shared-dashboards/open", { body: { secret }, bindings });
      expect([404, 503]).toContain(answer.status);
    }
    expect(hubCalls).toEqual([]);
  });
});

describe("an app token with grants", () => {
  it("may what was granted, and reads no more of the API than that", async () => {
    const { owner, lamp, app } = await createHouse();
    const grants = { publish: ["shared/door"], subscribe: [`devices/${lamp}/streams/+`] };
    const issued = (await owner.post("/v1/app-tokens", { name: "display", grants })).body;
    expect(issued.grants).toEqual(grants);
    expect((await owner.get("/v1/app-tokens")).body.items).toMatchObject([{ grants }]);
    const client = await connected({ token: issued.token, path: pathOf(issued.mqttUrl) });
    expect(await client.subscribe("#", `devices/${lamp}/streams/+`)).toEqual([notAuthorized, 0]);
    await app.subscribe("shared/#");
    for (const topic of ["shared/window", "shared/door"]) client.publish(topic, "open");
    expect(await app.nextMessage()).toMatchObject({ topic: "shared/door" });
    expect(await call("GET", `/v1/devices/${lamp}/streams/secret`, { token: issued.token })).toMatchObject({
      status: 200,
    });
    expect(await call("GET", "/v1/devices", { token: issued.token })).toMatchObject({ status: 401 });
    expect(await owner.post("/v1/app-tokens", { name: "x", grants: {} })).toMatchObject({ status: 400 });
  });
});

describe("a hub that could not be told", () => {
  it("is told of a changed dashboard and of ended shares later", async () => {
    const house = await createHouse();
    const { owner, lamp, dashboardId } = house;
    const [kept, gone] = [await shareWith(house, "control"), await shareWith(house, "control")];
    const [client, out] = [await connected(kept), await connected(gone)];
    const bindings = { USER_HUB: { getByName: unreachable } as unknown as Env["USER_HUB"] };
    const quiet = vi.spyOn(console, "warn").mockImplementation(() => {});
    const widgets = [{ id: "v", type: "value", source: { deviceId: lamp, stream: "secret" } }];
    await owner.call("PATCH", `/v1/dashboards/${dashboardId}`, { body: { widgets }, bindings });
    await owner.call("DELETE", `/v1/dashboard-shares/${gone.shareId}`, { bindings });
    quiet.mockRestore();
    const filter = `devices/${lamp}/streams/secret`;
    expect(await client.subscribe(filter)).toEqual([notAuthorized]);
    const later = { ...systemContext(env), now: () => Date.now() + 60_000 };
    await retryNotices({ ctx: later });
    expect(await client.subscribe(filter)).toEqual([0]);
    await out.expectClosed();
  });
});

function unreachable(): never {
  throw new Error("Network connection lost.");
}
