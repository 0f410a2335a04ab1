// A hub in its object: woken with its broker and its parts, filled once from the database, and asked by calls from outside.
import type { ConfigurationCall } from "../../src/domain/configurations/configuration.ts";
import type { CredentialState } from "../../src/domain/credentials.ts";
import type { HubCall } from "../../src/domain/hub-call.ts";
import { hubKey, noUsage, queueOperationsPerMessage } from "../../src/domain/prices/hub-usage.ts";
import { hubIdOfName } from "../../src/domain/hub-name.ts";
import { readConfig } from "../../src/config.ts";
import type { Result } from "../../src/errors.ts";
import { archiveStreams, forgetArchive } from "./archive-streams.ts";
import { Broker } from "./broker/broker.ts";
import { KvKeeper, meteredKeeper } from "./checkins/kv-keeper.ts";
import { MeteredSql } from "./metered-sql.ts";
import { type PartHandles, makeParts } from "./parts.ts";
import { readCredentials } from "./rebuild.ts";
import { brokerSettings } from "./settings.ts";
import { MetaTable } from "./tables/meta.ts";

export const databaseDown = {
  ok: false,
  code: "unavailable",
  message: "The database cannot be reached. Try again shortly.",
} as const;

export class Hub {
  /** memory: rebuilt on wake from attachments and SQLite. */
  readonly broker: Broker;
  /** memory: made with the broker. */
  readonly parts: PartHandles;
  readonly #id: string;
  readonly #env: Env;
  readonly #meta: MetaTable;
  /** sqlite: `filledAt`; memory: whether that is known. */
  #isFilled = false;

  /** `alarmAt`: what the storage says of it. */
  constructor(ctx: DurableObjectState, env: Env, alarmAt: number | null) {
    const { storage } = ctx;
    this.#id = hubIdOfName(ctx.id.name ?? "");
    this.#env = env;
    this.#meta = new MetaTable(storage.sql);
    const sql = new MeteredSql(storage.sql);
    const settings = brokerSettings(this.#id, readConfig(env));
    const kv = new KvKeeper(env.CHECKIN_CACHE, (work) => ctx.waitUntil(work));
    const keeper = meteredKeeper(kv, (deviceId) => this.broker.count(deviceId, "kvWrites"));
    let parts!: PartHandles;
    this.broker = new Broker({
      sql,
      settings,
      parts: makeParts({ sql, settings, keeper, keep: (handles) => (parts = handles) }),
      now: () => Date.now(),
      sockets: ctx.getWebSockets(),
      alarmAt,
      setAlarm: (at) => void storage.setAlarm(at),
    });
    this.parts = parts;
  }

  /** Once in a hub's life: takes its credentials over from the database. False: the database cannot be reached. */
  async fill(requestId: string | null): Promise<boolean> {
    if (this.#isFilled) return true;
    if (this.#meta.read("filledAt") === null) {
      try {
        const now = Date.now();
        this.broker.applyCredentials(await readCredentials(this.#env, this.#id, now));
        this.#meta.write("filledAt", now);
      } catch (error) {
        console.error(JSON.stringify({ event: "hub.fill.failed", requestId, error: String(error) }));
        return false;
      }
    }
    this.#isFilled = true;
    return true;
  }

  /** Answers a call from outside. A bug's stack is known here alone: the caller hears only that the call failed. */
  answer<T>(name: string, call: HubCall, act: (hub: this) => Result<T>): Result<T> {
    return this.#logged(name, call, () => this.broker.answering(call, () => act(this)));
  }

  #logged<T>(name: string, call: HubCall, act: () => T): T {
    try {
      return act();
    } catch (error) {
      const { requestId } = call;
      console.error(JSON.stringify({ event: "hub.call.failed", call: name, requestId, error: stackOf(error) }));
      throw error;
    }
  }

  /** The same for a call that may be the first that ever comes to the hub. */
  async answerFilled<T>(name: string, call: HubCall, act: (hub: this) => Result<T>): Promise<Result<T>> {
    if (!(await this.fill(call.requestId))) return databaseDown;
    return this.answer(name, call, act);
  }

  /** A change is tried on many devices in several events, and made in one. */
  async askConfigurations(asked: ConfigurationCall, call: HubCall): Promise<Result<string>> {
    if (!(await this.fill(call.requestId))) return databaseDown;
    const name = `configurations.${asked.type}`;
    const { broker } = this;
    const { configurations } = this.parts;
    while (this.#logged(name, call, () => broker.within(() => configurations.prepare(asked)))) await scheduler.wait(0);
    return this.answer(name, call, () => broker.during(() => configurations.answer(asked)));
  }

  /** The deadlines of the broker: see its own. A failure is retried by the platform, a few times. */
  async alarm(): Promise<void> {
    try {
      this.broker.alarm();
    } catch (error) {
      console.error(JSON.stringify({ event: "hub.alarm.failed", error: stackOf(error) }));
      throw error;
    }
    const { rules, streams } = this.parts;
    if (rules.outbox.isDue(Date.now())) {
      const tried = await rules.outbox.tryAll(Date.now(), (job) => this.#env.JOBS.send(job));
      this.broker.within((count) => {
        count(hubKey, "queueOperations", tried.length * queueOperationsPerMessage);
        rules.outbox.settle(tried);
      });
    }
    if (!streams.archiving.isDue(Date.now())) return;
    const used = noUsage();
    const succeeded = await archiveStreams(this.#env, this.#id, streams.store, used);
    this.broker.within(() => {
      this.broker.take({ [hubKey]: used });
      streams.archiving.tried(succeeded);
    });
  }

  /** `author`: who changed them, if that is known. */
  applyCredentials(states: readonly CredentialState[], author: string | null): void {
    this.broker.applyCredentials(states);
    this.broker.during(() => {
      this.parts.checkIns.credentialsChanged(states);
      this.parts.rules.credentialsChanged(states);
      this.parts.configurations.credentialsChanged(states, author);
    });
  }

  /** Forgets what the parts know of devices that were deleted. */
  forgetDevices(deviceIds: readonly string[]): void {
    for (const deviceId of deviceIds) {
      this.parts.shadows.forgetDevice(deviceId);
      this.parts.feed.forgetDevice(deviceId);
      this.parts.streams.forgetDevice(deviceId);
      this.broker.within(() => this.parts.discovery.forgetDevice(deviceId));
    }
  }

  /** Forgets what R2 holds of them. Throws when that fails: the caller repeats its whole call. */
  async forgetArchives(deviceIds: readonly string[]): Promise<void> {
    if (deviceIds.length === 0) return;
    const used = noUsage();
    for (const deviceId of deviceIds) await forgetArchive(this.#env, this.#id, deviceId, used);
    this.broker.within(() => this.broker.take({ [hubKey]: used }));
  }
}

function stackOf(error: unknown): string {
  return String((error as Error | undefined)?.stack ?? error);
}
