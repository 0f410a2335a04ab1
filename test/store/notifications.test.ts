// Webhooks, browsers that take web push, and deliveries as the store keeps them, on whichever database this project runs.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import type { Delivery, PushSubscription, Webhook } from "../../src/store/notification-stores.ts";
import { openStore } from "../../src/store/open-store.ts";
import { createUser } from "../support/api.ts";

const { deliveries, people, pushSubscriptions, webhooks } = openStore(env);

function webhookOf(userId: string, fields: Partial<Webhook> = {}): Webhook {
  return {
    id: newId("whk"),
    userId,
    name: "Doorbell",
    url: "https://example.com/hook",
    secrets: [{ kid: "t1", gen: 1, until: null }],
    disabledAt: null,
    disabledReason: null,
    failingSince: null,
    version: 1,
    createdAt: 5,
    updatedAt: 5,
    ...fields,
  };
}

function subscriptionOf(userId: string, endpointHash: string = newId("hash")): PushSubscription {
  const endpoint = `https://push.example/${endpointHash}`;
  return { id: newId("psh"), userId, endpoint, endpointHash, p256dh: "BP", auth: "au", label: "Phone", createdAt: 7 };
}

function deliveryOf(userId: string, fields: Partial<Delivery> = {}): Delivery {
  return {
    id: newId("dlv"),
    userId,
    notificationId: newId("ntf"),
    kind: "webhook",
    targetId: "whk_1",
    title: "Too warm",
    status: "pending",
    attempts: 0,
    httpStatus: null,
    detail: "",
    createdAt: 100,
    updatedAt: 100,
    ...fields,
  };
}

describe("a webhook", () => {
  it("is found, listed, counted and deleted by its owner alone", async () => {
    const [owner, stranger] = [newId("usr"), newId("usr")];
    const made = [1, 2, 3].map((i) => webhookOf(owner, { id: newId("whk", 1_795_000_000_000 + i) }));
    for (const webhook of made) await webhooks.create(webhook);
    const [first, second, third] = made as [Webhook, Webhook, Webhook];
    expect(await webhooks.find({ userId: owner, webhookId: first.id })).toEqual(first);
    expect(await webhooks.find({ userId: stranger, webhookId: first.id })).toBeNull();
    const page = await webhooks.list({ userId: owner, cursor: null, limit: 2 });
    expect(page).toEqual({ items: [first, second], nextCursor: second.id });
    expect(await webhooks.list({ userId: owner, cursor: second.id, limit: 2 })).toEqual({
      items: [third],
      nextCursor: null,
    });
    expect(await webhooks.delete({ userId: stranger, webhookId: first.id })).toBe(false);
    expect(await webhooks.delete({ userId: owner, webhookId: first.id })).toBe(true);
    expect([await webhooks.count(owner), await webhooks.count(stranger)]).toEqual([2, 0]);
    await webhooks.deleteOfUser(owner);
    expect(await webhooks.count(owner)).toBe(0);
  });

  it("is changed by whoever knows its version, once", async () => {
    const webhook = webhookOf(newId("usr"));
    await webhooks.create(webhook);
    const ref = { userId: webhook.userId, webhookId: webhook.id, version: 1 };
    const secrets = [
      { kid: "t1", gen: 2, until: null },
      { kid: "t0", gen: 1, until: 99 },
    ];
    const changes = { secrets, disabledAt: 9, disabledReason: "gone", failingSince: 8 };
    expect(await webhooks.change(ref, changes, 10)).toBe(true);
    expect(await webhooks.change(ref, { name: "late" }, 11)).toBe(false);
    expect(await webhooks.change({ ...ref, userId: newId("usr"), version: 2 }, { name: "theirs" }, 11)).toBe(false);
    expect(await webhooks.find(ref)).toEqual({ ...webhook, ...changes, version: 2, updatedAt: 10 });
  });
});

describe("a browser's subscription", () => {
  it("is its owner's until somebody else subscribes with the same browser", async () => {
    const [ada, ben] = [newId("usr"), newId("usr")];
    const adas = subscriptionOf(ada);
    await pushSubscriptions.put(adas);
    expect(await pushSubscriptions.find({ userId: ada, subscriptionId: adas.id })).toEqual(adas);
    expect(await pushSubscriptions.find({ userId: ben, subscriptionId: adas.id })).toBeNull();
    const bens = subscriptionOf(ben, adas.endpointHash);
    await pushSubscriptions.put(bens);
    expect(await pushSubscriptions.list({ userId: ada, cursor: null, limit: 9 })).toEqual({
      items: [],
      nextCursor: null,
    });
    expect((await pushSubscriptions.list({ userId: ben, cursor: null, limit: 9 })).items).toEqual([bens]);
    expect(await pushSubscriptions.delete({ userId: ada, subscriptionId: bens.id })).toBe(false);
    expect(await pushSubscriptions.delete({ userId: ben, subscriptionId: bens.id })).toBe(true);
    await pushSubscriptions.put(subscriptionOf(ben));
    const bensCount = async () => (await pushSubscriptions.list({ userId: ben, cursor: null, limit: 9 })).items.length;
    expect(await bensCount()).toBe(1);
    await pushSubscriptions.deleteOfUser(ben);
    expect(await bensCount()).toBe(0);
  });
});

describe("a delivery", () => {
  it("is made once, and each attempt is counted once until it is settled", async () => {
    const delivery = deliveryOf(newId("usr"));
    expect(await deliveries.create(delivery)).toBe(true);
    expect(await deliveries.create(delivery)).toBe(false);
    const failed = { status: "pending", httpStatus: 500, detail: "answered 500" } as const;
    expect(await deliveries.record({ id: delivery.id, attempts: 0 }, failed, 101)).toBe(true);
    expect(await deliveries.record({ id: delivery.id, attempts: 0 }, failed, 102)).toBe(false);
    const arrived = { status: "delivered", httpStatus: 204, detail: "" } as const;
    expect(await deliveries.record({ id: delivery.id, attempts: 1 }, arrived, 103)).toBe(true);
    expect(await deliveries.record({ id: delivery.id, attempts: 2 }, failed, 104)).toBe(false);
    expect(await deliveries.find(delivery.id)).toEqual({ ...delivery, ...arrived, attempts: 2, updatedAt: 103 });
    expect(await deliveries.find("dlv_none")).toBeNull();
  });

  it("is shown among the latest of its target, and forgotten when it is old", async () => {
    const userId = newId("usr");
    const made = [30, 10, 20].map((createdAt) => deliveryOf(userId, { createdAt }));
    for (const delivery of [...made, deliveryOf(userId, { targetId: "whk_2" }), deliveryOf(newId("usr"))])
      await deliveries.create(delivery);
    const [third, first, second] = made;
    const latest = (limit: number) => deliveries.latest({ userId, targetId: "whk_1", limit });
    expect(await latest(2)).toEqual([third, second]);
    await deliveries.forget({ userId, before: 20 });
    expect(await latest(9)).toEqual([third, second]);
    expect(await deliveries.find(first?.id ?? "")).toBeNull();
    await deliveries.deleteOfUser(userId);
    expect(await latest(9)).toEqual([]);
  });

  it("counts for the limits by notification, unless it was suppressed", async () => {
    const userId = newId("usr");
    const notificationId = newId("ntf");
    for (const fields of [
      { notificationId, kind: "email" },
      { notificationId, kind: "push" },
      { kind: "email", createdAt: 50 },
      { kind: "webhook", createdAt: 50 },
      { kind: "email", status: "suppressed" },
    ] as const) {
      await deliveries.create(deliveryOf(userId, fields));
    }
    const counts = (since: number, mailsSince: number) =>
      deliveries.countSince({ userId, notificationsSince: since, mailsSince });
    expect(await counts(100, 50)).toEqual({ notifications: 1, mails: 2 });
    expect(await counts(50, 100)).toEqual({ notifications: 3, mails: 1 });
    expect(await deliveries.countSince({ userId: newId("usr"), notificationsSince: 0, mailsSince: 0 })).toEqual({
      notifications: 0,
      mails: 0,
    });
  });
});

describe("a person's address", () => {
  it("is known with whether they confirmed it", async () => {
    const user = await createUser();
    expect(await people.address(user.userId)).toEqual({ email: user.email.toLowerCase(), isVerified: false });
    expect(await people.address(newId("usr"))).toBeNull();
  });
});
