// What announced itself, over the API: pages of announced devices, commands, and announcing devices of one's own.
import { beforeAll, describe, expect, it } from "vitest";
import { createUser, type TestUser } from "../support/api.ts";
import { JsonClient } from "../support/json-client.ts";

let user: TestUser;
let app: JsonClient;
let lastId = 0;

/** As an app of the user, and done when it returns. */
async function publish(topic: string, payload: unknown): Promise<void> {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  app.send({ type: "publish", id: ++lastId, topic, payload: text, qos: 1, retain: true });
  for (;;) if ((await app.next())["id"] === lastId) return;
}

beforeAll(async () => {
  user = await createUser();
  app = await JsonClient.withToken(await user.appJwt());
});

describe("GET /v1/entities", () => {
  it("is empty of a user whose hub never ran", async () => {
    const { status, body } = await (await createUser()).get("/v1/entities");
    expect({ status, body }).toEqual({ status: 200, body: { items: [], nextCursor: null, problems: [] } });
  });

  it("has what an app announced, with retained values, a page at a time", async () => {
    for (const name of ["a", "b", "c"]) {
      const dev = { ids: [`dev${name}`], name: name.toUpperCase() };
      await publish(`homeassistant/sensor/${name}/config`, { dev, stat_t: `x/${name}`, unit_of_meas: "W" });
      await publish(`x/${name}`, "17");
    }
    const first = (await user.get("/v1/entities?limit=2")).body;
    expect(first.items.map(({ key }: { key: string }) => key)).toEqual(["deva", "devb"]);
    const control = { type: "number", unit: "W", value: 17, at: null, stream: null };
    expect(first.items[0]).toMatchObject({ deviceId: null, name: "A", entities: [{ controls: [control] }] });
    const second = (await user.get(`/v1/entities?limit=2&cursor=${encodeURIComponent(first.nextCursor)}`)).body;
    expect(second).toMatchObject({ items: [{ key: "devc" }], nextCursor: null });
  });
});

describe("POST /v1/entities/{id}/commands", () => {
  it("publishes what the entity asks for, to whoever listens", async () => {
    await publish("homeassistant/light/bulb/config", { schema: "json", cmd_t: "bulb/set", brightness: true });
    const listener = await JsonClient.withToken(await user.appJwt());
    listener.send({ type: "subscribe", topicFilter: "bulb/set", id: 1 });
    await listener.next();
    const command = { control: "brightness", value: 7 };
    const { status, body } = await user.post("/v1/entities/light.bulb/commands", command);
    expect({ status, body }).toEqual({ status: 200, body: { topic: "bulb/set", recipients: 1 } });
    expect(await listener.next()).toMatchObject({ topic: "bulb/set", payload: '{"state":"ON","brightness":7}' });
  });

  it.each([
    [{ control: "brightness", value: 256 }, "value: must be from 0 to 255."],
    [{ control: "color", value: "1,2,3" }, "control: names none that can be set."],
    [{ value: "on" }, "value: must be true or false."],
  ])("refuses %j in words", async (command, message) => {
    const answer = await user.post("/v1/entities/light.bulb/commands", command);
    expect(answer).toMatchObject({ status: 400, body: { error: { message } } });
  });
});

describe("/v1/devices/{id}/announcement", () => {
  it("is shown with the device until it is taken back", async () => {
    const id = await user.addDevice({ name: "Hall lamp" });
    const settable = [{ name: "led" }, { name: "level", min: 0, max: 10 }];
    const topic = `homeassistant/device/${id}/config`;
    const announced = await user.post(`/v1/devices/${id}/announcement`, { settable });
    expect(announced).toMatchObject({ status: 200, body: { topic, settable } });
    expect((await user.get(`/v1/devices/${id}/entities`)).body).toMatchObject({
      items: [],
      announcement: { settable },
    });
    expect(await user.delete(`/v1/devices/${id}/announcement`)).toMatchObject({ status: 204 });
    expect((await user.get(`/v1/devices/${id}/entities`)).body).toMatchObject({ announcement: null });
  });

  it("has the device's name, and goes with the device", async () => {
    const id = await user.addDevice({ name: "Cellar lamp" });
    await user.post(`/v1/devices/${id}/announcement`, {});
    const topic = `homeassistant/device/${id}/config`;
    const first = await JsonClient.withToken(await user.appJwt());
    first.send({ type: "subscribe", topicFilter: topic });
    expect(await first.next()).toMatchObject({ topic, payload: expect.stringContaining('"name":"Cellar lamp"') });
    await user.delete(`/v1/devices/${id}`);
    expect(await first.next()).toMatchObject({ topic, payload: "" });
  });
});
