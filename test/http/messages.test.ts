import { describe, expect, it, vi } from "vitest";
import { createUser } from "../support/api.ts";
import { RecordedHubs } from "../support/recorded-hubs.ts";

async function deviceAndHub() {
  const user = await createUser();
  const hubs = new RecordedHubs();
  const id = await user.addDevice();
  const publish = (body: unknown) => user.call("POST", `/v1/devices/${id}/messages`, { body, bindings: hubs });
  return { user, hubs, id, publish };
}

describe("publishing a message to a device", () => {
  it.each([
    ["text as it is", { payload: "on" }, "on"],
    ["an empty text", { payload: "" }, ""],
    ["a number as JSON", { payload: 21.5 }, "21.5"],
    ["null as JSON", { payload: null }, "null"],
    ["an object as JSON", { payload: { r: 1, g: [2] } }, '{"r":1,"g":[2]}'],
    ["bytes", { payloadBase64: "b24=" }, "on"],
  ])("sends %s", async (_, payload, text) => {
    const { user, hubs, id, publish } = await deviceAndHub();
    const answer = await publish({ topic: "set/led", ...payload });
    expect(answer).toMatchObject({ status: 200, body: { topic: `devices/${id}/set/led`, recipients: 2 } });
    const [{ hub, message } = { hub: "", message: null }] = hubs.published;
    expect(hub).toBe(`${user.hubId}.1`);
    expect(new TextDecoder().decode(message?.payload)).toBe(text);
    expect(message).toMatchObject({ topic: `devices/${id}/set/led`, qos: 1, retain: false });
  });

  it("passes QoS and retain on", async () => {
    const { hubs, publish } = await deviceAndHub();
    await publish({ topic: "set/led", payload: "on", qos: 0, retain: true });
    expect(hubs.published[0]?.message).toMatchObject({ qos: 0, retain: true });
  });

  it.each(["presence", "feed", "firmware/offer", "shadow/update/delta", "shadow/name/x/get/accepted"])(
    "does not write %s, which is the hub's",
    async (topic) => {
      const { hubs, publish } = await deviceAndHub();
      expect(await publish({ topic, payload: "" })).toMatchObject({
        status: 403,
        body: { error: { code: "forbidden" } },
      });
      expect(hubs.published).toEqual([]);
    },
  );

  it.each([
    ["a wildcard", { topic: "set/+", payload: "" }],
    ["no topic", { payload: "" }],
    ["no payload", { topic: "set/led" }],
    ["two payloads", { topic: "set/led", payload: "", payloadBase64: "" }],
    ["what is not base64", { topic: "set/led", payloadBase64: "b24" }],
    ["QoS 2", { topic: "set/led", payload: "", qos: 2 }],
  ])("refuses %s", async (_, body) => {
    const { hubs, publish } = await deviceAndHub();
    expect(await publish(body)).toMatchObject({ status: 400 });
    expect(hubs.published).toEqual([]);
  });

  it("refuses what would not fit into a packet", async () => {
    const { publish } = await deviceAndHub();
    expect(await publish({ topic: "set/led", payload: "x".repeat(262_144) })).toMatchObject({ status: 413 });
    expect(await publish({ topic: "set/led", payload: "x".repeat(262_000) })).toMatchObject({ status: 200 });
  });

  it("says so when the hub does not answer", async () => {
    const { hubs, publish } = await deviceAndHub();
    hubs.failures = 1;
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const answer = await publish({ topic: "set/led", payload: "" });
    expect(answer).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    expect(answer.headers.get("retry-after")).toBe("1");
    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});

describe("presence", () => {
  it("is offline, without asking, while the hub never ran", async () => {
    const { user, hubs, id } = await deviceAndHub();
    const answer = await user.call("GET", `/v1/devices/${id}/presence`, { bindings: hubs });
    expect(answer).toMatchObject({ status: 200, body: { online: false, lastSeenAt: null } });
    expect(hubs.asked).toEqual([]);
  });

  it("is what the hub says", async () => {
    const { user, hubs, id } = await deviceAndHub();
    await user.markHubStarted();
    const answer = await user.call("GET", `/v1/devices/${id}/presence`, { bindings: hubs });
    expect(answer).toMatchObject({ status: 200, body: { online: true, lastSeenAt: 1 } });
    expect(hubs.asked).toEqual([id]);
  });
});
