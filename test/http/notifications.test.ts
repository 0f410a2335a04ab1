// What a rule has to tell, by each channel: retries, limits, repetitions, and what the hub hears of it.
import { Webhook } from "standardwebhooks";
import { describe, expect, it, vi } from "vitest";
import { queryDatabase } from "../support/database.ts";
import { Notifying } from "../support/notifying.ts";
import { Receiver } from "../support/receiver.ts";

const told = ({ reports }: Notifying) => reports.map(({ kind, status }) => `${kind} ${status}`).toSorted();

describe("a notification", () => {
  it("goes by mail, web push and webhook, and the hub hears of each", async () => {
    const own = await Notifying.start({ PUBLIC_URL: "https://home.example" });
    const [hook, phone, laptop] = [new Receiver(), new Receiver(), new Receiver()];
    const webhook = await own.addWebhook(hook);
    const browsers = [await own.addBrowser(phone), await own.addBrowser(laptop, "Laptop")];
    const job = own.job([{ kind: "email" }, { kind: "push" }, { kind: "webhook", webhookId: webhook.id }]);
    await own.run(job);

    const { notificationId, ruleId } = job;
    const settled = { notificationId, ruleId, status: "delivered", at: own.now };
    expect(own.reports).toHaveLength(4);
    expect(own.reports).toEqual(
      expect.arrayContaining([
        { ...settled, kind: "email", targetId: null, detail: "" },
        { ...settled, kind: "push", targetId: browsers[0], detail: "Phone" },
        { ...settled, kind: "push", targetId: browsers[1], detail: "Laptop" },
        { ...settled, kind: "webhook", targetId: webhook.id, detail: "" },
      ]),
    );
    expect(own.queued).toEqual([]);

    const mail = own.mailbox.take(own.user.email);
    expect(mail).toMatchObject({ subject: "The freezer is warm", link: `/rules/${ruleId}` });
    expect(mail.text).toContain("It has -3.5 degrees.\n\nFreezer, at 2026-11-18");
    expect(mail.text).toContain('your rule "Warm" says so');

    const posted = await hook.only();
    expect(posted.headers["webhook-id"]).toBe(notificationId);
    expect(new Webhook(webhook.secret).verify(posted.body, posted.headers as Record<string, string>)).toEqual({
      type: "rule.fired",
      timestamp: new Date(job.at).toISOString(),
      data: {
        rule: { id: ruleId, name: "Warm" },
        device: { id: "dev_1", name: "Freezer" },
        stream: "temperature",
        value: -3.5,
        title: "The freezer is warm",
        text: "It has -3.5 degrees.",
      },
    });

    for (const browser of [phone, laptop]) {
      const pushed = await browser.only();
      expect(pushed.headers).toMatchObject({ ttl: "86400", urgency: "high", topic: ruleId });
      expect(pushed.vapid?.claims.sub).toBe("https://home.example");
      expect(JSON.parse(pushed.body)).toMatchObject({
        title: "The freezer is warm",
        text: "It has -3.5 degrees.",
        url: `/rules/${ruleId}`,
        notificationId,
        value: -3.5,
      });
    }
  });

  it("that comes twice is not sent twice, and the hub hears again what it may have missed", async () => {
    const [own, hook, phone] = [await Notifying.start(), new Receiver(), new Receiver()];
    const { id: webhookId } = await own.addWebhook(hook);
    await own.addBrowser(phone);
    const job = own.job([
      { kind: "email" },
      { kind: "push" },
      { kind: "webhook", webhookId },
      { kind: "webhook", webhookId },
    ]);
    own.hear = () => {
      throw new Error("the hub does not answer");
    };
    await expect(own.run(job)).rejects.toThrow("the hub does not answer");
    own.hear = () => {};
    await own.run(job);
    expect(told(own)).toEqual(["email delivered", "push delivered", "webhook delivered"]);
    await hook.only();
    await phone.only();
    own.mailbox.take(own.user.email);
  });

  it("that fails by one channel is repeated by that one alone", async () => {
    const [own, hook] = [await Notifying.start(), new Receiver()];
    const { id: webhookId } = await own.addWebhook(hook);
    await hook.set({ statuses: [503, 500, 204] });
    const job = own.job([{ kind: "email" }, { kind: "webhook", webhookId }]);
    await own.run(job);
    expect(told(own)).toEqual(["email delivered"]);
    // The job itself comes again before its retry: that changes nothing.
    await own.run(job);
    expect(own.queued).toHaveLength(1);
    expect(await own.retry()).toBe(5);
    expect(await own.retry()).toBe(60);
    expect(told(own)).toEqual(["email delivered", "email delivered", "webhook delivered"]);
    own.mailbox.take(own.user.email);
    const ids = (await hook.received()).map(({ headers }) => headers["webhook-id"]);
    expect(ids).toEqual([job.notificationId, job.notificationId, job.notificationId]);
    const { items } = (await own.user.get(`/v1/webhooks/${webhookId}/deliveries`)).body;
    expect(items).toMatchObject([{ id: job.notificationId, status: "delivered", attempts: 3, httpStatus: 204 }]);
  });

  it("is given up after hours, and a retry that comes late or twice does nothing", async () => {
    const [own, hook] = [await Notifying.start(), new Receiver()];
    const { id: webhookId } = await own.addWebhook(hook);
    await hook.set({ statuses: [500] });
    await own.run(own.job([{ kind: "webhook", webhookId }]));
    const first = own.queued[0];
    const delays: number[] = [];
    while (own.queued.length > 0) delays.push(await own.retry());
    expect(delays).toEqual([5, 60, 300, 1800, 7200, 18_000, 36_000]);
    expect(own.reports).toMatchObject([{ kind: "webhook", status: "failed", detail: "The address answered 500." }]);
    if (first) await own.run(first.job);
    expect(await hook.received()).toHaveLength(8);
    expect(own.queued).toEqual([]);
  });

  it("waits as long as the other side asks for", async () => {
    const [own, hook] = [await Notifying.start(), new Receiver()];
    const { id: webhookId } = await own.addWebhook(hook);
    await hook.set({ statuses: [429, 204], headers: { "retry-after": "90" } });
    await own.run(own.job([{ kind: "webhook", webhookId }]));
    expect(await own.retry()).toBe(90);
    expect(told(own)).toEqual(["webhook delivered"]);
  });

  it("is not repeated where that is useless", async () => {
    const [own, hook, phone] = [await Notifying.start(), new Receiver(), new Receiver()];
    const { id: webhookId } = await own.addWebhook(hook);
    await hook.set({ statuses: [400] });
    await own.addBrowser(phone, "Old phone", [410]);
    await own.run(own.job([{ kind: "push" }, { kind: "webhook", webhookId }]));
    expect(told(own)).toEqual(["push failed", "webhook failed"]);
    expect(own.queued).toEqual([]);
    await own.run(own.job([{ kind: "push" }, { kind: "webhook", webhookId: "whk_none" }]));
    expect(
      own.reports
        .slice(2)
        .map(({ detail }) => detail)
        .toSorted(),
    ).toEqual(["No browser is subscribed to notifications.", "There is no such webhook any more."]);
  });

  it("of any length fits into web push", async () => {
    const [own, phone] = [await Notifying.start(), new Receiver()];
    await own.addBrowser(phone);
    await own.run(own.job([{ kind: "push" }], { title: "🌡".repeat(200), text: "😀".repeat(2000) }));
    expect(told(own)).toEqual(["push delivered"]);
    expect(JSON.parse((await phone.only()).body).text).toMatch(/^😀+/u);
  });
});

it("nobody is told, and nothing kept, of a user who is gone", async () => {
  const [own, hook] = [await Notifying.start(), new Receiver()];
  const { id: webhookId } = await own.addWebhook(hook);
  await queryDatabase("delete from users where id = ?", own.user.userId);
  const job = own.job([{ kind: "email" }, { kind: "push" }, { kind: "webhook", webhookId }]);
  await own.run(job);
  expect([own.reports, own.queued, own.mailbox.mails, await hook.received()]).toEqual([[], [], [], []]);
  expect(await queryDatabase("select id from deliveries where user_id = ?", own.user.userId)).toEqual([]);
});

describe("a rule's mail", () => {
  it("goes to no address that was not confirmed, nor from a deployment without mail", async () => {
    const [own, silent] = [await Notifying.start(), await Notifying.start({ MAIL_FROM: "" })];
    await queryDatabase("update users set email_verified = 0 where id = ?", own.user.userId);
    for (const each of [own, silent]) await each.run(each.job([{ kind: "email" }]));
    expect(own.reports).toMatchObject([{ status: "failed", detail: expect.stringContaining("Confirm your e-mail") }]);
    expect(silent.reports).toMatchObject([{ status: "failed", detail: "This deployment sends no mail." }]);
    expect(own.mailbox.mails).toEqual([]);
  });

  it("is tried again when the platform does not take it", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    let isDown = true;
    const send = async () => {
      if (isDown) throw new Error("down");
    };
    const own = await Notifying.start({ MAIL: { send } });
    await own.run(own.job([{ kind: "email" }]));
    expect(told(own)).toEqual([]);
    isDown = false;
    expect(await own.retry()).toBe(60);
    expect(told(own)).toEqual(["email delivered"]);
    expect(log.mock.calls.flat().join("\n")).not.toContain(own.user.email);
    log.mockRestore();
  });

  it("shows what a rule says as text, whatever it looks like", async () => {
    const own = await Notifying.start();
    await own.run(own.job([{ kind: "email" }], { title: "<b>1 &\r\n2</b>", text: "<script>alert(1)</script>" }));
    const { html, subject, link } = own.mailbox.take(own.user.email);
    expect(subject).toBe("<b>1 & 2</b>");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).not.toContain("<script>");
    expect(link).toBe("");
  });
});

describe("the limits", () => {
  it("suppress what is too much an hour, and say so before and after", async () => {
    const own = await Notifying.start({ MAX_NOTIFICATIONS_PER_HOUR: "2" });
    const [hook, phone] = [new Receiver(), new Receiver()];
    const { id: webhookId } = await own.addWebhook(hook);
    await own.addBrowser(phone);
    const fire = () => own.run(own.job([{ kind: "push" }, { kind: "webhook", webhookId }]));
    for (let i = 0; i < 4; i++) await fire();
    expect(told(own)).toEqual([
      "push delivered",
      "push delivered",
      "push suppressed",
      "push suppressed",
      "webhook delivered",
      "webhook delivered",
      "webhook suppressed",
      "webhook suppressed",
    ]);
    expect(own.reports.at(-1)?.detail).toBe("Not sent: there are at most 2 notifications an hour.");
    const texts = (await phone.received()).map(({ body }) => JSON.parse(body).text as string);
    const last = "This is the last for now: there are at most 2 notifications an hour.";
    expect(texts.map((text) => text.includes(last))).toEqual([false, true]);
    expect((await hook.received()).some(({ body }) => body.includes(last))).toBe(false);
    own.now += 3_600_001;
    await fire();
    expect(told(own).filter((line) => line.endsWith("delivered"))).toHaveLength(6);
  });

  it("suppress mails that are too many a day, and nothing else", async () => {
    const own = await Notifying.start({ MAX_NOTIFICATION_MAILS_PER_DAY: "1" });
    const hook = new Receiver();
    const { id: webhookId } = await own.addWebhook(hook);
    const fire = () => own.run(own.job([{ kind: "email" }, { kind: "webhook", webhookId }]));
    for (let i = 0; i < 2; i++) await fire();
    expect(told(own)).toEqual(["email delivered", "email suppressed", "webhook delivered", "webhook delivered"]);
    expect(own.mailbox.take(own.user.email).text).toContain("This is the last for now");
    own.now += 86_400_001;
    await fire();
    own.mailbox.take(own.user.email);
  });
});

describe("a webhook that has failed for days", () => {
  it("is disabled, with a line in the log and a mail to its owner", async () => {
    const log = vi.spyOn(console, "warn").mockImplementation(() => {});
    const [own, hook] = [await Notifying.start({ PUBLIC_URL: "https://home.example" }), new Receiver()];
    const { id: webhookId } = await own.addWebhook(hook);
    await hook.set({ statuses: [404] });
    const fire = () => own.run(own.job([{ kind: "webhook", webhookId }]));
    await fire();
    own.now += 2 * 86_400_000;
    await fire();
    const webhook = async () => (await own.user.get(`/v1/webhooks/${webhookId}`)).body;
    expect(await webhook()).toMatchObject({ enabled: true, failingSince: own.now - 2 * 86_400_000 });
    own.now += 86_400_000;
    await fire();
    const disabledReason = "Every delivery has failed for three days. The address answered 404.";
    expect(await webhook()).toMatchObject({ enabled: false, disabledReason });
    expect(log.mock.calls.flat().map((line) => JSON.parse(String(line)))).toMatchObject([
      { event: "webhook.disabled", webhookId, reason: disabledReason },
    ]);
    const mail = own.mailbox.take(own.user.email);
    expect(mail).toMatchObject({ subject: 'The webhook "Hook" was disabled', link: "/account" });
    expect(mail.text.replaceAll("\n", " ")).toContain(disabledReason);
    await fire();
    expect(own.mailbox.mails).toEqual([]);
    expect(own.reports.at(-1)).toMatchObject({ status: "failed", detail: "The webhook is disabled." });
    expect(await hook.received()).toHaveLength(3);
    log.mockRestore();
  });
});
