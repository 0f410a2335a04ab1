// Web push over the API. What arrives is decrypted by another implementation of RFC 8291, in test/support/receiver-server.ts.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { createUser } from "../support/api.ts";
import { Receiver } from "../support/receiver.ts";

const publicKey = env.VAPID_KEYS.split(":")[0];

describe("a browser", () => {
  it("learns the deployment's key, subscribes, is listed and removed", async () => {
    const [user, receiver] = [await createUser(), new Receiver()];
    expect((await user.get("/v1/push")).body).toEqual({ publicKey });
    const subscription = await receiver.set();
    const { status, body } = await user.post("/v1/push/subscriptions", {
      ...subscription,
      expirationTime: null,
      label: "Ada's phone",
    });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: expect.stringMatching(/^psh_[0-9a-z]{20}$/),
        label: "Ada's phone",
        endpoint: subscription.endpoint,
        createdAt: expect.any(Number),
      },
    });
    expect((await user.get("/v1/push/subscriptions")).body).toEqual({ items: [body], nextCursor: null });
    expect(await user.delete(`/v1/push/subscriptions/${body.id}`)).toMatchObject({ status: 204 });
    expect(await user.delete(`/v1/push/subscriptions/${body.id}`)).toMatchObject({ status: 404 });
  });

  it("is one person's at a time", async () => {
    const [ada, ben, receiver] = [await createUser(), await createUser(), new Receiver()];
    const subscription = { ...(await receiver.set()), label: "Family tablet" };
    for (const user of [ada, ada, ben]) await user.post("/v1/push/subscriptions", subscription);
    expect((await ada.get("/v1/push/subscriptions")).body.items).toEqual([]);
    expect((await ben.get("/v1/push/subscriptions")).body.items).toHaveLength(1);
  });

  it("is one of at most so many, and may subscribe again", async () => {
    const user = await createUser();
    const bindings = { MAX_PUSH_SUBSCRIPTIONS: "1" } as unknown as Partial<Env>;
    const add = async (receiver: Receiver) =>
      user.call("POST", "/v1/push/subscriptions", { body: { ...(await receiver.set()), label: "a" }, bindings });
    const [first, second] = [new Receiver(), new Receiver()];
    expect([(await add(first)).status, (await add(first)).status, (await add(second)).status]).toEqual([201, 201, 429]);
  });

  it("must be at a public address and have keys that can be used", async () => {
    const user = await createUser();
    const { endpoint, keys } = await new Receiver().set();
    for (const wrong of [
      { endpoint: "http://push.example/", keys },
      { endpoint: "https://10.0.0.1/", keys },
      { endpoint, keys: { ...keys, auth: keys.auth.slice(0, 20) } },
      { endpoint, keys: { ...keys, p256dh: keys.p256dh.slice(0, 60) } },
      { endpoint, keys: { ...keys, p256dh: keys.p256dh.slice(0, 60) + "A".repeat(27) } },
      { endpoint, keys: { auth: keys.auth } },
      { endpoint },
      { endpoint, keys, label: "" },
    ]) {
      const answer = await user.post("/v1/push/subscriptions", { label: "a", ...wrong });
      expect(answer, JSON.stringify(wrong)).toMatchObject({ status: 400 });
    }
  });

  it("hears that a deployment without keys sends no web push", async () => {
    const user = await createUser();
    const bindings = { VAPID_KEYS: "" } as Partial<Env>;
    expect((await user.call("GET", "/v1/push", { bindings })).body).toEqual({ publicKey: null });
    const body = { ...(await new Receiver().set()), label: "a" };
    const answer = await user.call("POST", "/v1/push/subscriptions", { body, bindings });
    expect(answer).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining("VAPID_KEYS") } } });
  });
});

describe("a browser's test", () => {
  const subscribe = async (receiver: Receiver, statuses: number[] = []) => {
    const user = await createUser();
    const body = { ...(await receiver.set({ statuses })), label: "Phone" };
    const { id } = (await user.post("/v1/push/subscriptions", body)).body;
    return { user, test: async () => (await user.post(`/v1/push/subscriptions/${id}/test`)).body };
  };

  it("arrives, can be decrypted by the browser alone, and says who sent it", async () => {
    const receiver = new Receiver();
    const { test } = await subscribe(receiver);
    expect(await test()).toEqual({ delivered: true, httpStatus: 201, detail: "Phone" });
    const { body, headers, vapid } = await receiver.only();
    expect(JSON.parse(body)).toMatchObject({ title: "Notifications work", text: 'They reach "Phone".' });
    expect(headers).toMatchObject({ ttl: "60", urgency: "high", topic: "test", "content-encoding": "aes128gcm" });
    expect(vapid).toEqual({ publicKey, claims: { aud: new URL(receiver.url).origin, exp: expect.any(Number) } });
  });

  it.each([404, 410])("removes the browser when its push service answers %i", async (status) => {
    const { user, test } = await subscribe(new Receiver(), [status]);
    const removed = { delivered: false, httpStatus: status, detail: expect.stringContaining("was removed") };
    expect(await test()).toEqual(removed);
    expect((await user.get("/v1/push/subscriptions")).body.items).toEqual([]);
  });

  it.each([403, 429, 503])("keeps the browser when its push service answers %i", async (status) => {
    const { user, test } = await subscribe(new Receiver(), [status]);
    const detail = `The push service of "Phone" answered ${status}.`;
    expect(await test()).toEqual({ delivered: false, httpStatus: status, detail });
    expect((await user.get("/v1/push/subscriptions")).body.items).toHaveLength(1);
  });
});
