// Devices that poll: takes what a check-in reports, counts it as presence, and answers what waits. It says which kept answers are
// out of date; who keeps them is somebody else's business.
import {
  type CheckInAnswer,
  checkInKey,
  type CheckInRequest,
  type LastCheckIn,
  type Metrics,
  paceOf,
  type Report,
  type ShadowDelta,
} from "../../../src/domain/check-ins.ts";
import { type CredentialState, deletedVersion, type DeviceFacts } from "../../../src/domain/credentials.ts";
import type { RawCheckIn } from "../../../src/domain/check-in-log.ts";
import type { DeviceTopic } from "../../../src/domain/device-topics.ts";
import { presenceTopic } from "../../../src/domain/presence.ts";
import { textMessage } from "../broker/message.ts";
import { isPresenceFilter } from "../broker/presence.ts";
import type { BrokerSettings } from "../broker/settings.ts";
import type { Message } from "../broker/message.ts";
import type { Part, PartContext, TopicHandler } from "../part.ts";
import { CheckInsTable, type StoredCheckIn } from "../tables/check-ins.ts";
import type { Sql } from "../tables/sql.ts";
import { answerOf } from "./answer.ts";
import { type Answered, type AnswerKeeper, KeptAnswers } from "./kept-answers.ts";

export interface CheckInSettings {
  /** Whether reports are kept as they came. */
  keepsReports: boolean;
}

export interface CheckInsOptions {
  sql: Sql;
  settings: BrokerSettings;
  keeper: AnswerKeeper;
  /** Takes what a device measured into its streams, tells their subscribers, and keeps the report as it came; null: it says nothing new. */
  measure: (deviceId: string, metrics: Metrics, raw: RawCheckIn | null) => void;
  /** What a device's shadows want of it: the classic one, and those with a name. */
  deltaOf: (deviceId: string) => ShadowDelta | null;
  namedDeltasOf: (deviceId: string) => Record<string, ShadowDelta>;
  /** How often devices of a model are to check in; null: it does not say. */
  secondsOfModel: (model: string | null) => number | null;
}

/** What one answer carries. */
const maxMessages = 20;
const maxMessageBytes = 32_768;
/** sqlite: the row; memory: what is newer, at most until the next row. */
interface Polling extends Answered {
  /** When the row was last written for a report's sake. */
  writtenAt: number;
  /** How often its owner wants it to check in; memory, undefined: not known since the wake. sqlite: `credentials`. */
  checkInSeconds: number | null | undefined;
}

export class CheckIns implements Part {
  readonly #context: PartContext;
  readonly #options: CheckInsOptions;
  readonly #table: CheckInsTable;
  readonly #answers: KeptAnswers;
  readonly #devices = new Map<string, Polling>();

  constructor(context: PartContext, options: CheckInsOptions) {
    this.#context = context;
    this.#options = options;
    this.#table = new CheckInsTable(options.sql);
    const isKnown = (deviceId: string) => this.#devices.has(deviceId);
    this.#answers = new KeptAnswers({ keeper: options.keeper, table: this.#table, isKnown });
    for (const stored of this.#table.all()) {
      const polling = { ...stored, writtenAt: stored.seenAt ?? 0, keptAt: 0, checkInSeconds: undefined };
      this.#devices.set(stored.deviceId, polling);
      this.#answers.resume(polling);
    }
  }

  /** Null: the credential is not the one in force. */
  checkIn({ deviceId, gen, report, acknowledged, isMissing, origin }: CheckInRequest): CheckInAnswer | null {
    const credential = this.#context.credentialOf(deviceId);
    if (credential?.gen !== gen) return null;
    const polling = this.#pollingOf(deviceId);
    polling.checkInSeconds = this.#secondsOf(credential.about);
    if (report) this.#take(polling, report, { ...origin, ...pick(report) });
    const waiting = this.#context.collectWaiting(deviceId, {
      acknowledged: acknowledged === null ? null : Number(acknowledged),
      maxMessages,
      maxBytes: maxMessageBytes,
    });
    const { deltaOf, namedDeltasOf } = this.#options;
    const deltas = { delta: deltaOf(deviceId), shadows: namedDeltasOf(deviceId) };
    const told = { ...deltas, checkInSeconds: polling.checkInSeconds };
    const answer = answerOf(deviceId, waiting, told);
    this.#answers.keep(polling, checkInKey(deviceId, gen), answer, { isMissing, now: this.#context.now() });
    return answer;
  }

  /** The last check-in that reported, as far as it is known. */
  last(deviceId: string): LastCheckIn | null {
    const polling = this.#devices.get(deviceId);
    if (!polling || polling.seenAt === null || polling.last === null) return null;
    return { ...polling.last, seenAt: polling.seenAt };
  }

  isPresent(deviceId: string): boolean {
    return (this.#devices.get(deviceId)?.onlineUntil ?? 0) > this.#context.now();
  }

  seenAt(deviceId: string): number | null {
    return this.#devices.get(deviceId)?.seenAt ?? null;
  }

  /** What changes an answer: a message that has to wait, and whatever the hub says of a shadow. */
  handlerOf({ deviceId, path }: DeviceTopic): TopicHandler | null {
    const isShadow = /^shadow\/(?:name\/[^/]+\/)?(?:update\/documents|delete\/accepted)$/.test(path);
    if (!isShadow && !path.startsWith("set/")) return null;
    const received = (message: Message): void => {
      if (isShadow || message.qos > 0) this.#outdate(deviceId);
    };
    return { received, keepsLast: false };
  }

  /** Nothing is found here; but from now on somebody waits to hear of devices that stay away. */
  stored(topicFilter: string): Iterable<Message> {
    if (isPresenceFilter(topicFilter)) this.#wake();
    return [];
  }

  /** Answers that were kept for another pace or for credentials no longer in force go; so does what is known of a deleted device. */
  credentialsChanged(states: readonly CredentialState[]): void {
    for (const { subject, gen, version, about } of states) {
      const polling = this.#devices.get(subject);
      if (!polling) continue;
      if (polling.keptKey !== null && (gen === null || polling.keptKey !== checkInKey(subject, gen))) {
        this.#answers.outdate(polling);
      }
      if (polling.checkInSeconds !== this.#secondsOf(about)) this.#answers.outdate(polling);
      if (gen === null && polling.onlineUntil !== null) this.#leave(polling);
      if (version === deletedVersion) this.#forget(polling);
    }
  }

  /** What models say of their devices' pace may have changed. */
  pacesChanged(): void {
    for (const polling of this.#devices.values()) {
      const about = this.#context.credentialOf(polling.deviceId)?.about ?? null;
      if (polling.checkInSeconds !== this.#secondsOf(about)) this.#answers.outdate(polling);
    }
  }

  /** Its owner's wish for the device itself, else that for its model. */
  #secondsOf(about: DeviceFacts | null | undefined): number | null {
    return about?.checkInSeconds ?? this.#options.secondsOfModel(about?.model ?? null);
  }

  due(now: number): number | null {
    let next: number | null = null;
    for (const polling of this.#devices.values()) {
      if (polling.onlineUntil === null) continue;
      if (polling.onlineUntil <= now) this.#leave(polling);
      else if (next === null || polling.onlineUntil < next) {
        if (this.#context.hasSubscribers(presenceTopic(polling.deviceId))) next = polling.onlineUntil;
      }
    }
    return next;
  }

  #pollingOf(deviceId: string): Polling {
    const known = this.#devices.get(deviceId);
    if (known) return known;
    const polling: Polling = {
      deviceId,
      seenAt: null,
      onlineUntil: null,
      last: null,
      keptKey: null,
      keptEtag: null,
      writtenAt: 0,
      keptAt: 0,
      checkInSeconds: undefined,
    };
    this.#devices.set(deviceId, polling);
    return polling;
  }

  #take(polling: Polling, report: Report, last: NonNullable<StoredCheckIn["last"]>): void {
    const { deviceId } = polling;
    const isNews = this.#see(polling, last);
    const { metrics, reported, reportedNamed } = report;
    const says = isNews || reported !== null || Object.keys({ ...metrics, ...reportedNamed }).length > 0;
    this.#options.measure(deviceId, metrics, says ? rawOf(this.#context.now(), report, last) : null);
    if (reported !== null) this.#report(`devices/${deviceId}/shadow/update`, reported);
    for (const [name, state] of Object.entries(reportedNamed)) {
      this.#report(`devices/${deviceId}/shadow/name/${name}/update`, state);
    }
  }

  #report(topic: string, reported: string): void {
    this.#context.say(textMessage(topic, `{"state":{"reported":${reported}}}`, { qos: 0, retain: false }));
  }

  /** A row when the device comes, when it says something new of itself, and now and then. Returns whether it says something new. */
  #see(polling: Polling, last: NonNullable<StoredCheckIn["last"]>): boolean {
    const now = this.#context.now();
    const { presenceSweepSeconds, checkInPresenceSeconds } = this.#options.settings;
    const presenceSeconds = paceOf(polling.checkInSeconds)?.presenceSeconds ?? checkInPresenceSeconds;
    const topic = presenceTopic(polling.deviceId);
    const isWatched = this.#context.hasSubscribers(topic);
    const wasOnline = this.#context.isPresent(polling.deviceId);
    const lazySeconds = isWatched ? Math.min(presenceSweepSeconds, presenceSeconds) : presenceSweepSeconds;
    const isNews =
      last.firmwareVersion !== polling.last?.firmwareVersion || `${last.addresses}` !== `${polling.last?.addresses}`;
    polling.seenAt = now;
    polling.last = last;
    const counts = polling.onlineUntil !== null && polling.onlineUntil > now;
    if (counts && !isNews && now - polling.writtenAt < lazySeconds * 1000) return false;
    polling.writtenAt = now;
    polling.onlineUntil = now + (presenceSeconds + lazySeconds) * 1000;
    this.#table.write(polling);
    if (isWatched) this.#context.wakeAt(polling.onlineUntil);
    if (!wasOnline) this.#context.announcePresence(polling.deviceId);
    return isNews;
  }

  /** It has stayed away for too long. */
  #leave(polling: Polling): void {
    polling.onlineUntil = null;
    this.#table.write(polling);
    if (!this.#context.isPresent(polling.deviceId)) this.#context.announcePresence(polling.deviceId);
  }

  #wake(): void {
    const ends = [...this.#devices.values()].flatMap(({ onlineUntil }) => onlineUntil ?? []);
    if (ends.length > 0) this.#context.wakeAt(Math.min(...ends));
  }

  #outdate(deviceId: string): void {
    const polling = this.#devices.get(deviceId);
    if (polling) this.#answers.outdate(polling);
  }

  /** The row stays until the kept answer is gone. */
  #forget(polling: Polling): void {
    this.#devices.delete(polling.deviceId);
    if (polling.keptKey === null) this.#table.delete(polling.deviceId);
  }
}

function rawOf(
  at: number,
  { metrics, reported, reportedNamed }: Report,
  last: Omit<LastCheckIn, "seenAt">,
): RawCheckIn {
  const shadows = Object.entries(reportedNamed).map(([name, json]) => [name, JSON.parse(json)]);
  return { at, metrics, reported: reported && JSON.parse(reported), shadows: Object.fromEntries(shadows), ...last };
}

function pick({ firmwareVersion, addresses }: Report): Pick<Report, "firmwareVersion" | "addresses"> {
  return { firmwareVersion, addresses };
}
