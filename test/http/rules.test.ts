import { describe, expect, it, vi } from "vitest";
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

describe("what a rule has to tell", () => {
  it("goes through the real alarm and the queue, and the log hears what became of it", async () => {
    const user = await createUser();
    const id = await user.addDevice({ name: "Freezer" });
    await user.post(`/v1/devices/${id}/credentials`);
    const trigger = { type: "stream", device: { deviceId: id }, stream: "t", is: "above", value: 1 };
    const actions = [{ type: "notify", channels: [{ kind: "email" }], title: "{deviceName}", text: "{value}" }];
    const { body: rule } = await user.post("/v1/rules", { name: "Warm", trigger, actions });
    await user.post(`/v1/devices/${id}/messages`, { topic: "streams/t", payload: 2 });
    const outcome = await vi.waitFor(
      async () => {
        const { body } = await user.get(`/v1/rules/${rule.id}/firings`);
        expect(body.items[0].actions[0].status).not.toBe("waiting");
        return body.items[0].actions;
      },
      { timeout: 20_000, interval: 200 },
    );
    // The tests' deployment sends no mail.
    expect(outcome).toMatchObject([{ type: "email", status: "failed", detail: "This deployment sends no mail." }]);
  });
});

describe("a rule is refused", () => {
  const trigger = { type: "stream", device: { tag: "a" }, stream: "t", is: "above", value: 1 };
  const notify = { type: "notify", channels: [{ kind: "email" }] };

  it.each([
    ["without a name", { trigger, actions: [notify] }, "name"],
    ["without actions", { name: "a", trigger, actions: [] }, "actions"],
    ["of no known kind", { name: "a", trigger: { type: "moon" }, actions: [notify] }, "trigger.type"],
    ["with a field too many", { name: "a", trigger: { ...trigger, unit: "K" }, actions: [notify] }, "unit"],
    [
      "about a device and a tag",
      { name: "a", trigger: { ...trigger, device: { tag: "a", deviceId: "b" } }, actions: [notify] },
      "trigger.device: send either",
    ],
    [
      "about nobody",
      { name: "a", trigger: { ...trigger, device: {} }, actions: [notify] },
      "trigger.device: send either",
    ],
    [
      "about a text above",
      { name: "a", trigger: { ...trigger, value: "x" }, actions: [notify] },
      "trigger.value: must be a number",
    ],
    ["at no time", { name: "a", trigger: { ...daily, when: { time: "7:30" } }, actions: [ring] }, "trigger.when.time"],
    [
      "with days beside cron",
      { name: "a", trigger: { ...daily, when: { cron: "0 7 * * *", days: ["mon"] } }, actions: [ring] },
      "trigger.when.days",
    ],
    [
      "in no time zone",
      { name: "a", trigger: { ...daily, timeZone: "Berlin" }, actions: [ring] },
      "trigger.timeZone: must be a time zone",
    ],
    [
      "with a bad cron expression",
      { name: "a", trigger: { ...daily, when: { cron: "0 25 * * *" } }, actions: [ring] },
      "trigger.when.cron",
    ],
    [
      "about somebody else's device",
      { name: "a", trigger: { ...trigger, device: { deviceId: "dev_0" } }, actions: [notify] },
      "There is no such device: dev_0.",
    ],
    [
      "that tells no webhook",
      { name: "a", trigger, actions: [{ type: "notify", channels: [{ kind: "webhook", webhookId: "whk_0" }] }] },
      "There is no such webhook: whk_0.",
    ],
    [
      "that writes what the hub writes",
      { name: "a", trigger, actions: [{ ...ring, topic: "devices/{device}/presence" }] },
      "actions.0.topic: only the hub",
    ],
  ])("%s", async (_, body, message) => {
    const user = await createUser();
    const answer = await user.post("/v1/rules", body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "bad_request" } } });
    expect(answer.body.error.message).toContain(message);
  });

  it("when a change makes it wrong, and stays as it was", async () => {
    const user = await createUser();
    const { body: rule } = await user.post("/v1/rules", {
      name: "a",
      trigger,
      actions: [{ ...ring, topic: "a/{device}" }],
    });
    const path = `/v1/rules/${rule.id}`;
    const answer = await user.patch(path, { trigger: daily });
    expect(answer.body.error.message).toContain("actions.0.topic: {device} has no meaning in a schedule");
    expect((await user.get(path)).body).toEqual(rule);
  });
});
