// What every service is given: the deployment's parts and, for what a user does, who asks. Built once per request or job.
import type { Grants } from "../domain/access.ts";
import { queueOperationsPerMessage } from "../domain/prices/hub-usage.ts";
import { type Config, readConfig } from "../config.ts";
import type { JobQueue } from "./jobs.ts";
import type { HubNamespace } from "../hub-stub.ts";
import { type KeyRing, readKeyRing } from "../identity/keys.ts";
import { openMail, type MailSender } from "../outbound/mail.ts";
import { CheckInArchive } from "../store/check-in-archive.ts";
import { AccountFiles } from "../store/account-files.ts";
import { countedBucket } from "../store/counted-bucket.ts";
import { ExportFiles } from "../store/export-files.ts";
import { openStore } from "../store/open-store.ts";
import type { Store } from "../store/store.ts";
import { StreamArchive } from "../store/stream-archive.ts";
import { EdgeMeter } from "./usage/edge-meter.ts";

/** For what the deployment does by itself. */
export interface SystemContext {
  store: Store;
  config: Config;
  keys: KeyRing;
  hubs: HubNamespace;
  passwordHashers: Env["PASSWORD_HASHER"];
  /** Averages of streams, of days that are over. */
  streamArchive: StreamArchive;
  /** Reports of devices that poll, of days that are over. */
  checkInArchive: CheckInArchive;
  /** What an account has outside of the database, to be removed with it. */
  accountFiles: AccountFiles;
  exportFiles: ExportFiles;
  /** Takes work that can wait. */
  jobs: JobQueue;
  /** Null in a deployment that sends no mail. */
  mail: MailSender | null;
  /** Counts what is billed beside calls of hubs; every call takes `meter.call` of its hub along. */
  meter: EdgeMeter;
  /** Epoch milliseconds. */
  now(): number;
}

/** Where a request came in. */
export interface RequestContext extends SystemContext {
  /** Scheme and host under which people and devices reach the deployment. */
  baseUrl: string;
  /** Names the request in every log, the hub's too. */
  requestId: string;
  origin: RequestOrigin;
}

/** Where a request came from, as the platform says it; null: it does not. */
export interface RequestOrigin {
  /** ISO two letters; places a hub that is created on the way. */
  continent: string | null;
  /** ISO two letters. */
  country: string | null;
  /** The edge's three letters. */
  edge: string | null;
  address: string | null;
}

export interface ServiceContext extends RequestContext {
  user: { userId: string; hubId: string };
  /** What whoever asks may read and send of the hub, if that is not everything; checked wherever such a request is let in. */
  restriction?: Grants;
}

/** `meter`: of the request at hand. */
export function systemContext(env: Env, meter = new EdgeMeter(null)): SystemContext {
  const config = readConfig(env);
  const bucket = countedBucket(env.ARTIFACTS, (what) => meter.count(what));
  return {
    store: openStore(env),
    config,
    keys: readKeyRing(config.SIGNING_KEYS),
    hubs: env.USER_HUB,
    passwordHashers: env.PASSWORD_HASHER,
    streamArchive: new StreamArchive(bucket),
    exportFiles: new ExportFiles(bucket),
    checkInArchive: new CheckInArchive(bucket),
    accountFiles: new AccountFiles(env.ARTIFACTS, env.CHECKIN_CACHE),
    jobs: {
      async send(job, options) {
        await env.JOBS.send(job, options);
        meter.count("queueOperations", queueOperationsPerMessage);
      },
    },
    mail: openMail(env.MAIL, config.MAIL_FROM),
    meter,
    now: () => Date.now(),
  };
}

export function requestContext(
  env: Env,
  { requestId, url, origin }: { requestId: string; url: string; origin: RequestOrigin },
): RequestContext {
  const system = systemContext(env, new EdgeMeter(requestId));
  const { PUBLIC_URL } = system.config;
  return { ...system, requestId, baseUrl: new URL(PUBLIC_URL === "" ? url : PUBLIC_URL).origin, origin };
}
