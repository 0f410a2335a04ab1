// A user whose rules tell something: runs the jobs as the queue would, keeps what is sent back to the queue, and what the hub hears.
import { env } from "cloudflare:workers";
import type { DeliveryReport, NotificationChannel, NotifyJob } from "../../src/domain/notifications.ts";
import { newId } from "../../src/domain/ids.ts";
import { type SystemContext, systemContext } from "../../src/services/context.ts";
import type { Job } from "../../src/services/jobs.ts";
import { deliverAgain } from "../../src/services/notifications/deliver.ts";
import { notify } from "../../src/services/notifications/notify.ts";
import { type TestUser, createUser } from "./api.ts";
import { queryDatabase } from "./database.ts";
import { Mailbox } from "./mailbox.ts";
import type { Receiver } from "./receiver.ts";

export class Notifying {
  readonly user: TestUser;
  readonly reports: DeliveryReport[] = [];
  readonly queued: { job: Job; delaySeconds: number }[] = [];
  readonly mailbox = new Mailbox();
  readonly ctx: SystemContext;
  now = Date.now();
  /** What the hub does when it is told something. */
  hear = (_report: DeliveryReport): void => {};

  private constructor(user: TestUser, bindings: Record<string, unknown>) {
    this.user = user;
    const hub = {
      notificationDelivered: async (report: DeliveryReport) => {
        this.hear(report);
        this.reports.push(report);
        return { ok: true, value: null };
      },
    };
    this.ctx = {
      ...systemContext({ ...env, ...this.mailbox.bindings, ...bindings } as unknown as Env),
      hubs: { getByName: () => hub } as unknown as Env["USER_HUB"],
      jobs: { send: async (job, options) => void this.queued.push({ job, delaySeconds: options?.delaySeconds ?? 0 }) },
      now: () => this.now,
    };
  }

  static async start(bindings: Record<string, unknown> = {}): Promise<Notifying> {
    const user = await createUser();
    await queryDatabase("update users set email_verified = 1 where id = ?", user.userId);
    return new Notifying(user, bindings);
  }

  async addWebhook(receiver: Receiver): Promise<{ id: string; secret: string }> {
    return (await this.user.post("/v1/webhooks", { name: "Hook", url: receiver.hookUrl })).body;
  }

  async addBrowser(receiver: Receiver, label = "Phone", statuses: number[] = []): Promise<string> {
    const subscription = await receiver.set({ statuses });
    return (await this.user.post("/v1/push/subscriptions", { ...subscription, label })).body.id;
  }

  job(channels: NotificationChannel[], fields: Partial<NotifyJob> = {}): NotifyJob {
    return {
      type: "notify",
      notificationId: newId("ntf", this.now),
      userId: this.user.userId,
      hubId: this.user.hubId,
      ruleId: newId("rul"),
      ruleName: "Warm",
      at: 1_795_000_000_000,
      deviceId: "dev_1",
      deviceName: "Freezer",
      stream: "temperature",
      value: -3.5,
      title: "The freezer is warm",
      text: "It has -3.5 degrees.",
      channels,
      ...fields,
    };
  }

  /** Runs a job as the queue does. */
  async run(job: Job): Promise<void> {
    await (job.type === "notify" ? notify({ ctx: this.ctx, input: job }) : this.#again(job));
  }

  /** Runs the retry that waits, when it is due; the delay it had. */
  async retry(): Promise<number> {
    const next = this.queued.shift();
    if (!next) throw new Error("nothing is to be tried again");
    this.now += next.delaySeconds * 1000;
    await this.run(next.job);
    return next.delaySeconds;
  }

  async #again(job: Job): Promise<void> {
    if (job.type !== "deliver") throw new Error(`${job.type} is no retry`);
    await deliverAgain({ ctx: this.ctx, input: job });
  }
}
