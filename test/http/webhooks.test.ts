// Webhooks over the API. Deliveries are verified by the reference implementation of the Standard Webhooks specification.
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { type TestUser, createUser } from "../support/api.ts";
import { queryDatabase } from "../support/database.ts";
import { Receiver } from "../support/receiver.ts";
import type { Received } from "../support/receiver-server.ts";

async function addWebhook(user: TestUser, url: string) {
  const { body, status } = await user.post("/v1/webhooks", { name: "Doorbell", url });
  expect(status, JSON.stringify(body)).toBe(201);
  return body as { id: string; secret: string };
}

/** Throws unless it is signed with this secret. */
function verified({ body, headers }: Received, secret: string): unknown {
  return new Webhook(secret).verify(body, headers as Record<string, string>);
}

describe("a webhook", () => {
  it("is registered with a secret that is shown once", async () => {
    const user = await createUser();
    const { status, body } = await user.post("/v1/webhooks", { name: " Door ", url: "https://example.com/hook?a=b" });
    expect(status).toBe(201);
    const { secret, ...shown } = body;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(shown).toEqual({
      id: expect.stringMatching(/^whk_[0-9a-z]{20}$/),
      name: "Door",
      url: "https://example.com/hook?a=b",
      enabled: true,
      disabledReason: null,
      failingSince: null,
      oldSecretUntil: null,
      createdAt: expect.any(Number),
      updatedAt: shown.createdAt,
    });
    expect((await user.get(`/v1/webhooks/${shown.id}`)).body).toEqual(shown);
    expect((await user.get("/v1/webhooks")).body).toEqual({ items: [shown], nextCursor: null });
    const [row] = await queryDatabase("select * from webhooks where id = ?", shown.id);
    expect(JSON.stringify(row)).not.toContain(secret.slice(6, 26));
  });

  it.each([
    ["http://example.com/", "must begin with https://"],
    ["ftp://example.com/", "must begin with https://"],
    ["example.com/hook", "must be a complete address"],
    ["https://ada:pw@example.com/", "user name or password"],
    ["https://example.com/#a", "#fragment"],
    ["https://10.0.0.1/", "not an IP address"],
    ["https://0xa.1/", "not an IP address"],
    ["https://167772161/", "not an IP address"],
    ["https://[fd00::1]/", "not an IP address"],
    ["https://[::ffff:169.254.169.254]/", "not an IP address"],
    ["https://router/", "public internet"],
    ["https://nas.local./", "public internet"],
    ["https://metadata.google.internal/", "public internet"],
    ["http://127.0.0.2/", "must begin with https://"],
  ])("is not registered at %s", async (url, problem) => {
    const { status, body } = await (await createUser()).post("/v1/webhooks", { name: "a", url });
    expect({ status, message: body.error?.message }).toEqual({
      status: 400,
      message: expect.stringContaining(problem),
    });
  });

  it.each(["http://localhost:1/", "https://localhost/", "http://127.0.0.1:1/", "https://127.0.0.1/", "http://[::1]/"])(
    "is registered at %s for development alone",
    async (url) => {
      const user = await createUser();
      await addWebhook(user, url);
      const options = { body: { name: "a", url }, bindings: { LOCAL_TARGETS: "false" } as unknown as Partial<Env> };
      expect(await user.call("POST", "/v1/webhooks", options)).toMatchObject({ status: 400 });
    },
  );

  it.each([{}, { name: "a" }, { name: "", url: "https://example.com/" }, { name: "a", url: "" }])(
    "is not registered for %j",
    async (body) => {
      expect(await (await createUser()).post("/v1/webhooks", body)).toMatchObject({ status: 400 });
    },
  );

  it("is one of at most so many", async () => {
    const user = await createUser();
    const bindings = { MAX_WEBHOOKS: "1" } as unknown as Partial<Env>;
    const add = () => user.call("POST", "/v1/webhooks", { body: { name: "a", url: "https://example.com/" }, bindings });
    expect(await add()).toMatchObject({ status: 201 });
    expect(await add()).toMatchObject({ status: 429, body: { error: { code: "quota_exceeded" } } });
  });

  it("is changed field by field, and deleted", async () => {
    const user = await createUser();
    const { id } = await addWebhook(user, "https://example.com/a");
    const path = `/v1/webhooks/${id}`;
    expect(await user.patch(path, { name: "Bell" })).toMatchObject({ status: 200, body: { name: "Bell" } });
    expect(await user.patch(path, { url: "https://example.com/b" })).toMatchObject({ status: 200 });
    expect(await user.patch(path, { enabled: false })).toMatchObject({ status: 200, body: { enabled: false } });
    expect((await user.get(path)).body).toMatchObject({ name: "Bell", url: "https://example.com/b", enabled: false });
    expect(await user.patch(path, { url: "https://10.0.0.1" })).toMatchObject({ status: 400 });
    expect(await user.patch(path, { secret: "mine" })).toMatchObject({ status: 400 });
    expect(await user.delete(path)).toMatchObject({ status: 204 });
    for (const answer of [await user.get(path), await user.delete(path), await user.patch(path, { name: "a" })])
      expect(answer).toMatchObject({ status: 404, body: { error: { message: "There is no such webhook." } } });
  });
});

describe("a webhook's test", () => {
  it("arrives signed, and is among the deliveries", async () => {
    const [user, receiver] = [await createUser(), new Receiver()];
    const { id, secret } = await addWebhook(user, receiver.hookUrl);
    const { body } = await user.post(`/v1/webhooks/${id}/test`);
    expect(body).toEqual({ delivered: true, httpStatus: 201, detail: "" });
    const received = await receiver.only();
    expect(verified(received, secret)).toEqual({
      type: "webhook.test",
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: { title: "A test", text: 'The webhook "Doorbell" works.' },
    });
    expect(received.headers["content-type"]).toBe("application/json");
    expect(() => verified({ ...received, body: `${received.body} ` }, secret)).toThrow("No matching signature");
    const deliveries = (await user.get(`/v1/webhooks/${id}/deliveries`)).body.items;
    expect(deliveries).toEqual([
      {
        id: received.headers["webhook-id"],
        title: "A test",
        status: "delivered",
        attempts: 1,
        httpStatus: 201,
        detail: "",
        createdAt: expect.any(Number),
        updatedAt: expect.any(Number),
      },
    ]);
  });

  it.each([
    [500, "The address answered 500."],
    [404, "The address answered 404."],
    [302, "The address redirects (302)."],
  ])("says what is wrong when the address answers %i", async (status, detail) => {
    const [user, receiver] = [await createUser(), new Receiver()];
    await receiver.set({ statuses: [status], headers: { location: "/elsewhere" } });
    const { id } = await addWebhook(user, receiver.hookUrl);
    expect((await user.post(`/v1/webhooks/${id}/test`)).body).toEqual({ delivered: false, httpStatus: status, detail });
    expect(await receiver.received()).toHaveLength(1);
    expect((await user.get(`/v1/webhooks/${id}`)).body).toMatchObject({
      enabled: true,
      failingSince: expect.any(Number),
    });
    await receiver.set({ statuses: [204] });
    expect((await user.post(`/v1/webhooks/${id}/test`)).body).toMatchObject({ delivered: true });
    expect((await user.get(`/v1/webhooks/${id}`)).body).toMatchObject({ failingSince: null });
    const { items } = (await user.get(`/v1/webhooks/${id}/deliveries?limit=1`)).body;
    expect(items).toMatchObject([{ status: "delivered" }]);
  });

  it("says that nobody answers", async () => {
    const user = await createUser();
    const { id } = await addWebhook(user, "http://127.0.0.1:1/hook");
    const { body } = await user.post(`/v1/webhooks/${id}/test`);
    expect(body).toEqual({ delivered: false, httpStatus: null, detail: "The address cannot be reached." });
  });

  it("disables what answers 410, and switching on starts afresh", async () => {
    const [user, receiver] = [await createUser(), new Receiver()];
    await receiver.set({ statuses: [410, 204] });
    const { id } = await addWebhook(user, receiver.hookUrl);
    await user.post(`/v1/webhooks/${id}/test`);
    const disabled = { enabled: false, disabledReason: "The address answered 410: gone." };
    expect((await user.get(`/v1/webhooks/${id}`)).body).toMatchObject(disabled);
    const again = (await user.post(`/v1/webhooks/${id}/test`)).body;
    expect(again).toMatchObject({ delivered: false, detail: "The webhook is disabled." });
    expect(await receiver.received()).toHaveLength(1);
    const enabled = { enabled: true, disabledReason: null, failingSince: null };
    expect((await user.patch(`/v1/webhooks/${id}`, { enabled: true })).body).toMatchObject(enabled);
    expect((await user.post(`/v1/webhooks/${id}/test`)).body).toMatchObject({ delivered: true });
  });

  it("is refused above the limit", async () => {
    const [user, receiver] = [await createUser(), new Receiver()];
    const { id } = await addWebhook(user, receiver.hookUrl);
    const bindings = { MAX_NOTIFICATIONS_PER_HOUR: "1" } as unknown as Partial<Env>;
    const test = () => user.call("POST", `/v1/webhooks/${id}/test`, { bindings });
    expect(await test()).toMatchObject({ status: 200 });
    expect(await test()).toMatchObject({ status: 429, body: { error: { code: "rate_limited" } } });
    expect(await receiver.received()).toHaveLength(1);
  });
});

describe("a webhook's secret", () => {
  it("is replaced while the old one still signs, for a day", async () => {
    const [user, receiver] = [await createUser(), new Receiver()];
    const { id, secret: first } = await addWebhook(user, receiver.hookUrl);
    const rotated = (await user.post(`/v1/webhooks/${id}/secret`)).body;
    const second = rotated.secret as string;
    expect(second).not.toBe(first);
    expect((await user.get(`/v1/webhooks/${id}`)).body.oldSecretUntil).toBe(rotated.oldSecretUntil);
    await user.post(`/v1/webhooks/${id}/test`);
    const both = await receiver.only();
    for (const secret of [first, second]) expect(verified(both, secret)).toMatchObject({ type: "webhook.test" });

    const third = (await user.post(`/v1/webhooks/${id}/secret`)).body.secret as string;
    await user.post(`/v1/webhooks/${id}/test`);
    const later = (await receiver.received())[1] as Received;
    for (const secret of [second, third]) expect(verified(later, secret)).toMatchObject({ type: "webhook.test" });
    expect(() => verified(later, first)).toThrow("No matching signature");
  });

  it("ends with the signing key it was derived from", async () => {
    const [user, receiver] = [await createUser(), new Receiver()];
    const { id } = await addWebhook(user, receiver.hookUrl);
    const bindings = { SIGNING_KEYS: env.SIGNING_KEYS.replace("t1:", "t2:") } as Partial<Env>;
    const { body } = await user.call("POST", `/v1/webhooks/${id}/test`, { bindings });
    expect(body).toMatchObject({ delivered: false, detail: expect.stringContaining("rotate the webhook's secret") });
    expect(await receiver.received()).toEqual([]);
  });
});
