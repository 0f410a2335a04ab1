// What a check-in takes and answers, form by form, and what it refuses.
import { describe, expect, it } from "vitest";
import { type Call, call, createUser, respond } from "../support/api.ts";
import { addDevice, connected } from "../support/connections.ts";
import { CountedBindings } from "../support/counted-bindings.ts";
import { inVirtualHub } from "../support/virtual-hub.ts";

async function pollingDevice() {
  const user = await createUser();
  return { user, ...(await addDevice(user)) };
}

const json = { "content-type": "application/json" };
const form = (text: string): Call => ({ rawBody: new URLSearchParams(text) });

describe("a check-in that is refused", () => {
  it.each([
    ["JSON that is none", { rawBody: "{", headers: json }, 400],
    ["a list", { body: [1] }, 400],
    ["a number alone", { body: 1 }, 400],
    ["null as a metric", { body: { a: null } }, 400],
    ["an object as a metric", { body: { memory: { free: 1 } } }, 400],
    ["a metric with a slash", { body: { "a/b": 1 } }, 400],
    ["a metric without a name", { body: { "": 1 } }, 400],
    ["a metric with a wildcard", form("a%23=1"), 400],
    ["a long text", { body: { a: "x".repeat(257) } }, 400],
    ["too many metrics", { body: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`m${i}`, i])) }, 400],
    ["metrics that are no object", { body: { metrics: 1 } }, 400],
    ["a reported state that is no object", { body: { reported: [1] } }, 400],
    ["a reported state that is no JSON", form("reported=x"), 400],
    ["a reported state of a shadow without a name", { body: { "reported/": {} } }, 400],
    ["a reported state of a named shadow that is no object", { body: { "reported/wifi": 1 } }, 400],
    ["a large reported state", { body: { reported: { a: "x".repeat(8200) } } }, 400],
    ["addresses that are none", { body: { addresses: [1] } }, 400],
    ["a cursor that is none", { body: { ack: "x" } }, 400],
    ["a large body", { body: { a: "x".repeat(17_000) } }, 413],
    ["text", { rawBody: "a=1", headers: { "content-type": "text/plain" } }, 415],
  ] as [string, Call, number][])("has %s, and wakes no hub", async (_, options, status) => {
    const { credential } = await pollingDevice();
    const counted = new CountedBindings();
    const answer = await call("POST", "/v1/checkin", { token: credential, bindings: counted.bindings, ...options });
    expect(answer.status).toBe(status);
    expect(counted).toMatchObject({ queries: 0, hubCalls: [] });
  });

  it("asks for a form of answer that there is none of", async () => {
    const { credential } = await pollingDevice();
    expect(await call("GET", "/v1/checkin?format=xml", { token: credential })).toMatchObject({ status: 400 });
  });
});

it("answers in lines", async () => {
  const { user, id, credential } = await pollingDevice();
  await call("GET", "/v1/checkin?fresh=1", { token: credential });
  await user.post(`/v1/devices/${id}/messages`, { topic: "set/a=b", payload: "50 %\nok", qos: 1 });
  await user.post(`/v1/devices/${id}/messages`, { topic: "set/bytes", payloadBase64: "/w==", qos: 1 });
  await user.patch(`/v1/devices/${id}/shadow`, { state: { desired: { a: { b: 1 }, list: [1, 2] } } });
  await user.patch(`/v1/devices/${id}/shadow?name=wifi`, { state: { desired: { ssid: "x", psk: { a: 1 } } } });
  const ways: [string, Record<string, string>][] = [
    ["&format=line", {}],
    ["", { accept: "text/plain" }],
  ];
  for (const [query, headers] of ways) {
    const answer = await respond("GET", `/v1/checkin?fresh=1${query}`, { token: credential, headers });
    expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    const lines = (await answer.text()).split("\n");
    expect(`"${lines[0]?.replace("etag=", "")}"`).toBe(answer.headers.get("etag"));
    expect(lines.slice(1, 4)).toEqual([
      expect.stringMatching(/^nextCheckinSeconds=\d+$/),
      "reportAfterSeconds=60",
      expect.stringMatching(/^cursor=\d+$/),
    ]);
    expect(lines.slice(4)).toEqual([
      "deltaVersion=1",
      "delta/a/b=1",
      "delta/list=[1,2]",
      "shadows/wifi/deltaVersion=1",
      "shadows/wifi/delta/ssid=x",
      "shadows/wifi/delta/psk/a=1",
      "set/a%3Db=50 %25%0Aok",
      "set/bytes:base64=/w==",
      "",
    ]);
  }
});

it("shows its owner where a device was when it reported", async () => {
  const { user, id, credential } = await pollingDevice();
  expect((await user.get(`/v1/devices/${id}/checkin`)).body).toEqual({ checkIn: null });
  const headers = { "user-agent": "curl/8", "cf-connecting-ip": "192.0.2.7" };
  const report = form("uptime=5&firmwareVersion=1.10&addresses=10.0.0.7,fe80::1");
  expect(await call("POST", "/v1/checkin", { token: credential, headers, ...report })).toMatchObject({ status: 200 });
  expect((await user.get(`/v1/devices/${id}/checkin`)).body.checkIn).toMatchObject({
    seenAt: expect.any(Number),
    firmwareVersion: "1.10",
    addresses: ["10.0.0.7", "fe80::1"],
    address: "192.0.2.7",
    client: "curl/8",
  });
});

it("goes to streams, and to whoever subscribes to one", async () => {
  const { user, id, credential } = await pollingDevice();
  const app = await connected(user);
  await app.subscribe(`devices/${id}/streams/t`);
  await call("GET", "/v1/checkin?t=21.5&ok=true", { token: credential });
  expect((await app.nextMessage()).text).toBe("21.5");
  const { body } = await user.get(`/v1/devices/${id}/streams`);
  expect(body.items.map(({ name }: { name: string }) => name).toSorted()).toEqual(["ok", "t"]);
});

describe("presence of a device that polls", () => {
  const origin = { country: null, city: null, asn: null, network: null, edge: null, address: null, client: null };
  const report = { metrics: {}, reported: null, reportedNamed: {}, firmwareVersion: "1", addresses: null };

  it.each(["awake", "evicted", "crashed"])("ends some minutes after its last report, hub %s", (how) =>
    inVirtualHub(async (hub) => {
      const { id } = await hub.addDevice();
      const checkIn = () =>
        hub.broker.during(() =>
          hub.parts.checkIns.checkIn({ deviceId: id, gen: 1, report, acknowledged: null, isMissing: false, origin }),
        );
      const rest = () => {
        if (how === "evicted") hub.evict();
        if (how === "crashed") hub.crash();
      };
      checkIn();
      const rowsWritten = hub.countRowsWritten();
      for (let i = 0; i < 9; i++) {
        hub.pass(60);
        rest();
        expect(hub.broker.presence(id)).toMatchObject({ online: true });
        checkIn();
      }
      // Presence takes no row in these nine minutes.
      expect(rowsWritten()).toBe(0);
      expect(hub.alarms).toBeLessThan(3);
      rest();
      hub.pass(800);
      rest();
      expect(hub.broker.presence(id)).toMatchObject({ online: false });
    }),
  );

  it.each(["awake", "evicted"])("lasts three times the interval its owner expects, hub %s", (how) =>
    inVirtualHub(async (hub) => {
      const { id } = await hub.addDevice();
      const about = { name: "n", model: "m", tags: [], checkInSeconds: 3600 };
      hub.broker.applyCredentials([{ subject: id, version: 2, gen: 1, grants: { publish: [], subscribe: [] }, about }]);
      const watcher = hub.connect({ password: await hub.appPassword(), keepalive: 0, protocolVersion: 4 });
      watcher.subscribe(`devices/${id}/presence`);
      watcher.take();
      const answer = hub.broker.during(() =>
        hub.parts.checkIns.checkIn({ deviceId: id, gen: 1, report, acknowledged: null, isMissing: false, origin }),
      );
      expect(answer?.checkInSeconds).toBe(3600);
      if (how === "evicted") hub.evict();
      hub.pass(3 * 3600 - 10);
      expect(watcher.takeTexts().map((text) => JSON.parse(text).online)).toEqual([true]);
      hub.pass(610);
      expect(watcher.takeTexts().map((text) => JSON.parse(text).online)).toEqual([false]);
    }),
  );

  it("is told to who watches, without anybody asking", () =>
    inVirtualHub(async (hub) => {
      const { id } = await hub.addDevice();
      const watcher = hub.connect({ password: await hub.appPassword(), keepalive: 0, protocolVersion: 4 });
      watcher.subscribe(`devices/${id}/presence`);
      watcher.take();
      hub.broker.during(() =>
        hub.parts.checkIns.checkIn({ deviceId: id, gen: 1, report, acknowledged: null, isMissing: false, origin }),
      );
      expect(watcher.takeTexts().map((text) => JSON.parse(text).online)).toEqual([true]);
      hub.evict();
      hub.pass(361);
      expect(watcher.takeTexts().map((text) => JSON.parse(text).online)).toEqual([false]);
    }));
});
