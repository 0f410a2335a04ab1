// Streams over the API: last values, histories as JSON and CSV, several devices as one.
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { hubStub } from "../../src/hub-stub.ts";
import { createUser, respond, type TestUser } from "../support/api.ts";

const minute = 60_000;
const hour = 3_600_000;
const now = Date.now();
const thisMinute = Math.floor(now / minute) * minute;

async function deviceWith(user: TestUser, streams: Record<string, unknown>): Promise<string> {
  const id = await user.addDevice();
  for (const [name, payload] of Object.entries(streams)) {
    const answer = await user.post(`/v1/devices/${id}/messages`, { topic: `streams/${name}`, payload });
    expect(answer.status).toBe(200);
  }
  return id;
}

const at = (value: number, minutesAgo: number) => ({ value, at: thisMinute - minutesAgo * minute });

describe("the streams of a device", () => {
  it("have last values, kinds, units and labels", async () => {
    const user = await createUser();
    const id = await deviceWith(user, { t: 21.5, on: "true", mode: "eco", text: "x".repeat(300) });
    const { body } = await user.patch(`/v1/devices/${id}/streams/t`, { unit: "°C", label: "Room" });
    expect(body).toMatchObject({ name: "t", unit: "°C", label: "Room" });
    const answer = await user.get(`/v1/devices/${id}/streams`);
    const none = { unit: null, label: null, raw: false, at: expect.any(Number) };
    expect(answer.body).toEqual({
      items: [
        { ...none, name: "mode", kind: "text", value: "eco" },
        { ...none, name: "on", kind: "boolean", value: true },
        { ...none, name: "t", kind: "number", value: 21.5, unit: "°C", label: "Room" },
        { ...none, name: "text", kind: null, value: null },
      ],
    });
  });

  it("are none of a device, or a hub, to which nothing came", async () => {
    const user = await createUser();
    const id = await user.addDevice();
    expect(await user.get(`/v1/devices/${id}/streams`)).toMatchObject({ status: 200, body: { items: [] } });
    const history = await user.get(`/v1/devices/${id}/streams/t`);
    expect(history).toMatchObject({ status: 200, body: { points: [], gaps: [{}], unit: null } });
    expect(await user.patch(`/v1/devices/${id}/streams/t`, { unit: "m" })).toMatchObject({ status: 404 });
    expect(await user.get(`/v1/devices/dev_00000000000000000000/streams`)).toMatchObject({ status: 404 });
  });

  it.each([
    ["an unknown field", { colour: "red" }],
    ["an endless unit", { unit: "x".repeat(21) }],
    ["an empty label", { label: "" }],
    ["a number", { unit: 1 }],
    ["what is neither true nor false", { raw: "yes" }],
  ])("are not changed by %s", async (_, change) => {
    const user = await createUser();
    const id = await deviceWith(user, { t: 1 });
    expect(await user.patch(`/v1/devices/${id}/streams/t`, change)).toMatchObject({ status: 400 });
  });
});

describe("a history", () => {
  it("has the mean, minimum, maximum and count of each minute, and gaps where nothing came", async () => {
    const user = await createUser();
    const id = await deviceWith(user, { t: [at(10, 5), at(20, 5), at(7, 3)] });
    const range = `from=${thisMinute - 6 * minute}&to=${thisMinute - 2 * minute}`;
    const { status, body } = await user.get(`/v1/devices/${id}/streams/t?${range}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      name: "t",
      unit: null,
      label: null,
      resolution: "minute",
      stepMs: minute,
      from: thisMinute - 6 * minute,
      to: thisMinute - 2 * minute,
      nextFrom: null,
      points: [
        { at: thisMinute - 5 * minute, mean: 15, min: 10, max: 20, count: 2 },
        { at: thisMinute - 3 * minute, mean: 7, min: 7, max: 7, count: 1 },
      ],
      gaps: [
        { from: thisMinute - 6 * minute, to: thisMinute - 5 * minute },
        { from: thisMinute - 4 * minute, to: thisMinute - 3 * minute },
      ],
    });
  });

  it("is told by minute, hour or day, as asked or as fits; the last day without being asked", async () => {
    const user = await createUser();
    const id = await deviceWith(user, { t: [at(10, 0), at(20, 60), at(30, 60 * 24 * 10)] });
    const get = async (query: string) => (await user.get(`/v1/devices/${id}/streams/t?${query}`)).body;
    const count = (points: { count: number }[]) => points.reduce((sum, point) => sum + point.count, 0);
    const day = await get("");
    expect([day.resolution, day.points.length]).toEqual(["minute", 2]);
    const month = await get(`from=${now - 30 * 24 * hour}`);
    expect([month.resolution, count(month.points)]).toEqual(["hour", 3]);
    const year = await get(`from=${now - 365 * 24 * hour}`);
    expect([year.resolution, count(year.points)]).toEqual(["day", 3]);
    const hours = await get(`from=${now - 365 * 24 * hour}&resolution=hour&limit=10000`);
    expect([hours.resolution, count(hours.points), hours.nextFrom]).toEqual(["hour", 3, null]);
  });

  it("comes in parts, when it has more steps than `limit`", async () => {
    const user = await createUser();
    const id = await deviceWith(user, { t: Array.from({ length: 60 }, (_, i) => at(i, i)) });
    let from: number | null = thisMinute - 59 * minute;
    const means: number[] = [];
    for (let calls = 0; from !== null; calls++) {
      expect(calls).toBeLessThan(10);
      const query = `from=${from}&to=${thisMinute + minute}&resolution=minute&limit=20`;
      const { body }: { body: { points: { mean: number }[]; nextFrom: number | null } } = await user.get(
        `/v1/devices/${id}/streams/t?${query}`,
      );
      means.push(...body.points.map(({ mean }) => mean));
      from = body.nextFrom;
    }
    expect(means).toEqual(Array.from({ length: 60 }, (_, i) => 59 - i));
  });

  it("is CSV when that is asked for, by query or by header", async () => {
    const user = await createUser();
    const id = await deviceWith(user, { t: [at(10, 5), at(20, 5)] });
    const path = `/v1/devices/${id}/streams/t`;
    const begin = thisMinute - 5 * minute;
    const csv = `at,time,mean,min,max,count\r\n${begin},${new Date(begin).toISOString()},15,10,20,2\r\n`;
    for (const [query, accept] of [
      ["?format=csv", "*/*"],
      ["", "text/csv"],
      ["?format=csv", "application/json"],
    ] as const) {
      const answer = await respond("GET", path + query, { token: user.token, headers: { accept } });
      expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
      expect(await answer.text()).toBe(csv);
    }
    const json = await respond("GET", `${path}?format=json`, { token: user.token, headers: { accept: "text/csv" } });
    expect(json.headers.get("content-type")).toMatch("application/json");
  });

  it.each([
    "from=x",
    "from=-1",
    "to=99999999999999999",
    "from=2000&to=1000",
    "from=1000&to=1000",
    "resolution=second",
    "limit=0",
    "limit=10001",
    "format=xml",
  ])("is refused with %s", async (query) => {
    const user = await createUser();
    const id = await user.addDevice();
    const answer = await user.get(`/v1/devices/${id}/streams/t?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: "bad_request" } } });
  });

  it.each(["x".repeat(65), "a%2Fb", "%2B", "a%0Ab"])("of the name %s is refused", async (name) => {
    const user = await createUser();
    const id = await user.addDevice();
    expect(await user.get(`/v1/devices/${id}/streams/${name}`)).toMatchObject({ status: 400 });
  });
});

it("a history goes on in the archive: the same before and after its days are archived", async () => {
  const user = await createUser();
  const day = 24 * hour;
  const times = [40 * day, 3 * day, 2 * day, hour];
  const id = await deviceWith(user, { t: times.map((ago, i) => ({ value: i, at: now - ago })) });
  const queries = [`from=${now - 50 * day}`, `from=${now - 50 * day}&resolution=day`, `from=${now - 365 * day}`];
  const tell = () =>
    Promise.all(queries.map(async (query) => (await user.get(`/v1/devices/${id}/streams/t?${query}`)).body));
  const before = await tell();
  expect(before.map(({ points }) => points.length)).toEqual([4, 4, 4]);
  const stub = hubStub(env.USER_HUB, user.hubId);
  await runInDurableObject(stub, (_, { storage }) => {
    storage.sql.exec("UPDATE meta SET value = 1 WHERE key = 'streamsArchiveAt'");
  });
  await evictDurableObject(stub);
  await runDurableObjectAlarm(stub);
  const rows = await runInDurableObject(stub, (_, { storage }) =>
    storage.sql.exec("SELECT * FROM stream_hours").toArray(),
  );
  expect(rows).toEqual([]);
  expect(await tell()).toEqual(before);
  await user.delete(`/v1/devices/${id}`);
  expect((await env.ARTIFACTS.list({ prefix: "streams/" })).objects.filter(({ key }) => key.includes(id))).toEqual([]);
});

it("a raw history has every datapoint from when it was asked for, until it is not", async () => {
  const user = await createUser();
  const id = await deviceWith(user, { t: at(1, 9) });
  const path = `/v1/devices/${id}/streams/t`;
  const send = (...values: ReturnType<typeof at>[]) =>
    user.post(`/v1/devices/${id}/messages`, { topic: "streams/t", payload: values });
  expect((await user.patch(path, { raw: true })).body).toMatchObject({ raw: true, rawUsdPerMonth: 0.0177 });
  await send(at(10, 5), at(20, 5), { value: 30, at: thisMinute - 5 * minute + 250 });
  await send(at(40, 4));
  await user.patch(path, { raw: false, unit: "m" });
  await send(at(50, 3));
  const { body } = await user.get(`${path}?resolution=raw`);
  expect(body).toMatchObject({ resolution: "raw", unit: "m", gaps: [], nextFrom: null });
  const point = (mean: number, time: number, count = 1) => ({ at: time, mean, count });
  const five = thisMinute - 5 * minute;
  // Those of the same millisecond are one.
  const expected = [point(15, five, 2), point(30, five + 250), point(40, five + minute)];
  expect(body.points).toMatchObject(expected);
  const first = (await user.get(`${path}?resolution=raw&limit=2`)).body;
  expect(first.points).toMatchObject(expected.slice(0, 2));
  const rest = (await user.get(`${path}?resolution=raw&limit=2&from=${first.nextFrom}`)).body;
  expect(rest.points).toMatchObject(expected.slice(2));
  expect((await user.get("/v1/streams?name=t&resolution=raw")).status).toBe(400);
});

describe("several devices", () => {
  it("are told as one: mean, sum, smallest and largest", async () => {
    const user = await createUser();
    const ids = [
      await deviceWith(user, { t: [at(10, 5), at(20, 5), at(1, 4)] }),
      await deviceWith(user, { t: at(30, 5) }),
      await deviceWith(user, { h: 1 }),
    ];
    const path = `/v1/streams?name=t&from=${thisMinute - 6 * minute}&to=${thisMinute}`;
    const get = async (query: string) => (await user.get(`${path}&${query}`)).body.points;
    const five = { at: thisMinute - 5 * minute };
    const four = { at: thisMinute - 4 * minute, mean: 1, count: 1 };
    expect(await get("")).toMatchObject([{ ...five, mean: 22.5, min: 20, max: 25, count: 2 }, four]);
    expect(await get("aggregate=sum")).toMatchObject([{ ...five, mean: 45, min: 40, max: 50, count: 2 }, four]);
    expect(await get("aggregate=min")).toMatchObject([{ ...five, mean: 15, min: 10 }, four]);
    expect(await get("aggregate=max")).toMatchObject([{ ...five, mean: 30, max: 30 }, four]);
    expect(await get(`devices=${ids[1]}`)).toMatchObject([{ ...five, mean: 30, count: 1 }]);
    expect(await get(`devices=${ids[1]},${ids[0]},${ids[1]}`)).toMatchObject([{ ...five, count: 2 }, four]);
    const answer = await respond("GET", `${path}&format=csv`, { token: user.token });
    expect((await answer.text()).split("\r\n")).toHaveLength(4);
  });

  it("are all one's own", async () => {
    const user = await createUser();
    const stranger = await createUser();
    const [own, other] = [await deviceWith(user, { t: 1 }), await deviceWith(stranger, { t: 2 })];
    const answer = await user.get(`/v1/streams?name=t&devices=${own},${other}`);
    expect(answer).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
    expect((await user.get("/v1/streams?name=t")).body.points).toMatchObject([{ mean: 1, count: 1 }]);
  });

  it.each([
    "",
    "name=",
    "name=a/b",
    "name=t&devices=",
    `name=t&devices=${"d,".repeat(1).padEnd(4002, "x")}`,
    "name=t&aggregate=median",
  ])("are not told with %s", async (query) => {
    const user = await createUser();
    expect(await user.get(`/v1/streams?${query}`)).toMatchObject({ status: 400 });
  });
});
