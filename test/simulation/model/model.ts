// A simple model of what MQTT and the hub's rules say, fed with every event that was committed: what the hub got, and what it
// answered. It knows nothing of how the hub stores or sends.
import { closeAfterWakeMs, keepOrphansMs } from "../../../durable-objects/user-hub/limits.ts";
import { type Grants, mayPublish, maySubscribe, noGrants, type Subject } from "../../../src/domain/access.ts";
import { deviceIds } from "../identities.ts";
import type { Link, Received } from "../link.ts";
import type { ClientPacket } from "../packets.ts";
import { type GroupInstance, type Instance, type Publication, type SessionLife, Violation } from "./session-life.ts";

export interface Will {
  publication: Publication;
  link: Link;
  session: SessionLife;
  delaySeconds: number;
  /** While its connection lives, infinite; then when it is to be published: not before the first, not after the second. */
  dueAtLeast: number;
  dueAtMost: number;
  fate: "armed" | "due now" | "waits" | "dropped";
}

/** What may be retained of a topic; null: nothing. Several, where a limit lets it be either. */
export type Retained = { publication: Publication; expiresAt: number | null } | null;

/** One event of the hub that was committed. */
export interface HubEvent {
  kind: "open" | "frame" | "closed" | "alarm" | "credentials" | "publish" | "presence";
  link: Link | null;
  /** Complete with this frame. */
  packets: ClientPacket[];
  /** In order; null: closed. */
  outputs: { link: Link; packets: Received[] | null }[];
  /** Payloads of wills that are kept after it. */
  keptWills: Set<string>;
}

export interface Limits {
  /** Messages may be refused or lost because of them. */
  loseMessages: boolean;
  /** All that is lost is dropped from a queue, and counted. */
  countLosses: boolean;
  refuseSessions: boolean;
  refuseSubscriptions: boolean;
  retainedAreUncertain: boolean;
  maxSessionExpirySeconds: number;
}

/** How late the rows say of sessions that their connections are dead. */
const orphansKeptMs = keepOrphansMs + 2 * closeAfterWakeMs;

export class Model {
  readonly limits: Limits;
  now = 0;
  eventNumber = 0;
  seq = 0;
  sendOrder = 0;
  lives = 0;
  readonly publications = new Map<string, Publication>();
  readonly sessions = new Map<string, SessionLife>();
  readonly links = new Set<Link>();
  readonly retained = new Map<string, Retained[]>();
  /** The last event in which a will to a topic was to be retained. */
  readonly willEvents = new Map<string, number>();
  readonly groups: GroupInstance[] = [];
  wills: Will[] = [];
  readonly credentials = deviceIds.map(() => ({ version: 1, gen: 1 as number | null, grants: noGrants as Grants }));
  hasCrashed = false;

  /** Of the present event: what must leave at once, and whom the hub had to close. */
  atOnce: Instance[] = [];
  closing = new Map<Link, { code: number | null; why: string }>();

  constructor(limits: Limits) {
    this.limits = limits;
  }

  subject(session: SessionLife): Subject {
    if (session.device === null) return { kind: "app", id: session.holderId, grants: null };
    const grants = this.credentials[session.device]?.grants ?? noGrants;
    return { kind: "device", id: session.holderId, grants };
  }

  mayPublish(session: SessionLife, topic: string): boolean {
    return mayPublish(this.subject(session), topic);
  }

  maySubscribe(session: SessionLife, topicFilter: string): boolean {
    return maySubscribe(this.subject(session), topicFilter);
  }

  /** Null: not certain, a connection is closed and the hub may know it or not. */
  isOnline(deviceId: string): boolean | null {
    const own = [...this.links].filter(({ session }) => session?.holderId === deviceId);
    if (own.some(({ isPeerClosed, closesAt }) => isPeerClosed && closesAt <= this.now)) return null;
    return own.length > 0;
  }

  /** `hasExpired`: by time alone, which the hub notices when it is next woken for it. */
  endSession(session: SessionLife, hasExpired = false): void {
    session.hasEnded = true;
    session.link = null;
    if (this.sessions.get(session.key) === session) this.sessions.delete(session.key);
    for (const will of this.wills) {
      if (will.session !== session || will.fate !== "waits") continue;
      // The hub may not have noticed yet that its connection died.
      if (will.dueAtMost === Number.POSITIVE_INFINITY) will.dueAtLeast = this.now;
      else if (!hasExpired) will.fate = "due now";
      else will.dueAtLeast = will.dueAtMost = Math.min(will.dueAtMost, this.now);
    }
  }

  /** Sessions of absent clients that have certainly expired. */
  expireSessions(): void {
    for (const session of this.sessions.values()) {
      if (session.link === null && session.endsAtMost <= this.now) this.endSession(session, true);
    }
  }

  /** A connection is over: what becomes of its session and its will. */
  endLink(link: Link): void {
    if (!this.links.delete(link)) return;
    const { session, state } = link;
    if (!session || !state) return;
    const goesOn = !session.hasEnded && session.link !== link;
    if (!goesOn && !session.hasEnded) {
      session.link = null;
      const asked = state.goodbyeExpirySeconds ?? session.expirySeconds;
      session.expirySeconds = Math.min(asked, this.limits.maxSessionExpirySeconds);
      if (session.expirySeconds === 0) this.endSession(session);
      else session.endsAtLeast = session.endsAtMost = this.now + session.expirySeconds * 1000;
    }
    for (const will of this.wills) {
      if (will.link !== link || will.fate !== "armed") continue;
      if (state.hasSaidGoodbye) will.fate = "dropped";
      else if (session.hasEnded || will.delaySeconds === 0) will.fate = "due now";
      else if (goesOn) will.fate = "dropped";
      else {
        will.fate = "waits";
        will.dueAtLeast = will.dueAtMost = Math.min(this.now + will.delaySeconds * 1000, session.endsAtMost);
      }
    }
  }

  /** All connections died with the object. When the hub notices it is for the hub to say. */
  crashed(): void {
    this.hasCrashed = true;
    this.forgotten();
    for (const session of this.sessions.values()) session.hasCrashed = true;
    for (const link of this.links) {
      const { session } = link;
      this.links.delete(link);
      if (!session) continue;
      const isOver = session.hasEnded || (session.link === link && session.expirySeconds === 0);
      for (const will of this.wills) {
        if (will.link !== link || will.fate !== "armed") continue;
        will.fate = "waits";
        const delay = isOver ? 0 : Math.min(will.delaySeconds, session.expirySeconds);
        will.dueAtLeast = this.now + delay * 1000;
        will.dueAtMost = Number.POSITIVE_INFINITY;
      }
      if (session.link !== link) continue;
      session.link = null;
      session.endsAtLeast = this.now + session.expirySeconds * 1000;
      session.endsAtMost = Number.POSITIVE_INFINITY;
      if (isOver) {
        session.hasEnded = true;
        this.sessions.delete(session.key);
      }
    }
  }

  /** What was in the hub's memory alone is lost: since when it has missed connections that died is not written down at once. */
  forgotten(): void {
    for (const session of this.sessions.values()) {
      if (session.link || session.noticedAt === null || this.now > session.noticedAt + orphansKeptMs) continue;
      session.endsAtMost = session.noticedAt + orphansKeptMs + session.expirySeconds * 1000;
    }
  }

  /** The hub has noticed that connections died. */
  noticeCrash(): void {
    for (const session of this.sessions.values()) {
      if (session.link || session.endsAtMost !== Number.POSITIVE_INFINITY) continue;
      session.endsAtMost = this.now + session.expirySeconds * 1000;
      session.noticedAt = this.now;
    }
    for (const will of this.wills) {
      if (will.fate !== "waits" || will.dueAtMost !== Number.POSITIVE_INFINITY) continue;
      will.dueAtMost = this.now + (will.session.hasEnded ? 0 : will.delaySeconds * 1000);
    }
  }

  fail(message: string): never {
    throw new Violation(message);
  }
}
