import { describe, expect, it } from "vitest";
import { createUser, type TestUser } from "../support/api.ts";
import { openClient } from "../support/mqtt-client.ts";

const daily = { type: "schedule", timeZone: "Europe/Berlin", when: { time: "07:30", days: ["mon", "fri"] } };
const ring = { type: "publish", topic: "shared/bell", payload: "ring" };

async function connectedApp(user: TestUser) {
  const { body } = await user.post("/v1/app-tokens", { name: "script" });
  const client = await openClient(new URL(body.mqttUrl).pathname);
  await client.connect({ password: body.token });
  return client;
}

describe("rules over HTTP", () => {
  it("are made, shown, changed and deleted", async () => {
    const user = await createUser();
    expect(await user.get("/v1/rules")).toMatchObject({ status: 200, body: { items: [] } });
    const made = await user.post("/v1/rules", { name: "Morning", trigger: daily, actions: [ring] });
    expect(made).toMatchObject({
      status: 201,
      body: {
        name: "Morning",
        enabled: true,
        trigger: daily,
        actions: [{ ...ring, qos: 1, retain: false }],
        author: user.userId,
        nextAt: expect.any(Number),
        lastFiredAt: null,
      },
    });
    const path = `/v1/rules/${made.body.id}`;
    expect((await user.get(path)).body).toEqual(made.body);
    const disabled = await user.patch(path, { enabled: false, name: "Evening" });
    expect(disabled.body).toMatchObject({ name: "Evening", enabled: false, nextAt: null, trigger: daily });
    expect((await user.patch(path, { enabled: true })).body.nextAt).toBeGreaterThan(Date.now());
    expect((await user.get("/v1/rules")).body.items).toMatchObject([{ name: "Evening" }]);
    expect(await user.delete(path)).toMatchObject({ status: 204 });
    expect(await user.delete(path)).toMatchObject({ status: 404 });
    expect(await user.get(`${path}/firings`)).toMatchObject({ status: 404 });
  });

  it("start no hub by being looked at", async () => {
    const user = await createUser();
    await user.get("/v1/rules");
    expect(await user.get("/v1/rules/rul_none")).toMatchObject({ status: 404 });
    expect(await user.post("/v1/rules/rul_none/test")).toMatchObject({ status: 404 });
  });

  it("do what they say when they are tested, also while disabled, and write it down", async () => {
    const user = await createUser();
    const id = await user.addDevice({ name: "Cellar freezer" });
    const app = await connectedApp(user);
    await app.subscribe(`devices/${id}/set/+`);
    await app.subscribe("shared/#");
    await user.post(`/v1/devices/${id}/credentials`);
    await user.post(`/v1/devices/${id}/messages`, { topic: "streams/temperature", payload: -3.5 });
    const trigger = { type: "stream", device: { deviceId: id }, stream: "temperature", is: "above", value: -10 };
    const actions = [
      { type: "set", name: "alarm", payload: true },
      { type: "publish", topic: "shared/{device}/{stream}", payload: "{deviceName}: {value} {unknown}", qos: 0 },
    ];
    const { body: rule } = await user.post("/v1/rules", { name: "Warm", enabled: false, trigger, actions });
    const tested = await user.post(`/v1/rules/${rule.id}/test`);
    expect(tested).toMatchObject({
      status: 200,
      body: {
        outcome: "fired",
        cause: {
          type: "test",
          deviceId: id,
          deviceName: "Cellar freezer",
          value: -3.5,
          condition: "temperature above -10",
        },
        actions: [
          { type: "set", status: "done", detail: `devices/${id}/set/alarm: sent to 1 connection` },
          { type: "publish", status: "done" },
        ],
      },
    });
    expect(await app.nextMessage()).toMatchObject({ topic: `devices/${id}/set/alarm`, text: "true" });
    const said = { topic: `shared/${id}/temperature`, text: "Cellar freezer: -3.5 {unknown}" };
    expect(await app.nextMessage()).toMatchObject(said);
    expect((await user.get(`/v1/rules/${rule.id}/firings`)).body.items).toEqual([tested.body]);
    expect((await user.get(`/v1/rules/${rule.id}`)).body.lastFiredAt).toBe(tested.body.at);
  });

  it("find devices by tag, also those that get it later", async () => {
    const user = await createUser();
    const [first, second] = [await user.addDevice({ tags: ["door"] }), await user.addDevice()];
    for (const id of [first, second]) await user.post(`/v1/devices/${id}/credentials`);
    const trigger = { type: "stream", device: { tag: "door" }, stream: "open", is: "equal", value: true };
    const actions = [{ type: "publish", topic: "shared/{device}", payload: "{value}" }];
    const { body: rule } = await user.post("/v1/rules", { name: "Door", trigger, actions });
    const open = (id: string, value: boolean) =>
      user.post(`/v1/devices/${id}/messages`, { topic: "streams/open", payload: value });
    const fired = async () => {
      const { body } = await user.get(`/v1/rules/${rule.id}/firings`);
      return body.items.map(({ cause }: { cause: { deviceId: string } }) => cause.deviceId);
    };
    await open(first, true);
    await open(second, true);
    expect(await fired()).toEqual([first]);
    await user.patch(`/v1/devices/${second}`, { tags: ["door", "cellar"] });
    await open(second, false);
    await open(second, true);
    expect(await fired()).toEqual([second, first]);
    await user.delete(`/v1/devices/${first}`);
    await user.patch(`/v1/devices/${second}`, { tags: [] });
    await open(second, false);
    await open(second, true);
    expect(await fired()).toEqual([second, first]);
  });
});
