// Counts what the platform bills, by device. A count is free until it is kept: it waits in the attachments of live connections, which
// cost nothing, or in a row that is written anyway, and once an hour all of them are folded into the day's row.
import { addUsage, appsKey, counted, hubKey, isUsed, noUsage, type Usage } from "../../src/domain/prices/hub-usage.ts";
import type { Connection } from "./connection.ts";
import { maxCarriedKeys, maxMeteredDevices, meterFoldMs, meterLoneFoldMs } from "./limits.ts";
import type { MeteredSql } from "./metered-sql.ts";
import { LastSeenTable } from "./tables/last-seen.ts";
import { type DayUsage, type UsageByKey, UsageTable } from "./tables/usage.ts";

/** Of the broker, what the meter needs. */
export interface Metered {
  now: number;
  connections: ReadonlyMap<unknown, Connection>;
  ofDevice: ReadonlyMap<string, ReadonlySet<Connection>>;
  changed(connection: Connection): void;
}

const dayMs = 86_400_000;
export const dayOf = (at: number): number => Math.floor(at / dayMs);

export class Meter {
  readonly #sql: MeteredSql;
  readonly #table: UsageTable;
  readonly lastSeen: LastSeenTable;
  /** memory: counts that are nowhere else yet. */
  readonly #pending: UsageByKey = new Map();
  /** sqlite: `usage`. Numbers the times that counts were folded; what came before the last one is in a row. */
  #fold: number;
  #foldedAt: number;
  /** An hour after the last fold, or the day's end. */
  #dueAt: number;
  /** memory: rows written in this event that are counted already, though their cursors will say them too. */
  #ahead = 0;

  constructor(sql: MeteredSql) {
    this.#sql = sql;
    this.#table = new UsageTable(sql.uncounted);
    this.lastSeen = new LastSeenTable(sql.uncounted, (deviceId, present) => this.#carry(deviceId, present));
    const last = this.#table.lastFold();
    this.#fold = last?.fold ?? 0;
    this.#foldedAt = last?.foldedAt ?? 0;
    this.#dueAt = dueAfter(this.#foldedAt);
  }

  /** Counts of a device, of the apps or of the hub, to be added to. */
  of(key: string): Usage {
    let usage = this.#pending.get(key);
    if (!usage) this.#pending.set(key, (usage = noUsage()));
    return usage;
  }

  /** What was read and written so far was somebody's. */
  takeRows(key: string): void {
    if (this.#sql.hasRun) this.#take(this.of(key));
  }

  #take(usage: Usage): void {
    this.#sql.take(usage);
    usage[counted.rowsWritten] -= this.#ahead;
    this.#ahead = 0;
  }

  /** A connection ends: what its attachment holds must go elsewhere. */
  release({ state: own }: Connection): void {
    if (this.#sql.hasRun) this.#take(own.usage);
    const key = keyOf(own);
    addUsage(this.of(key), own.usage);
    own.usage = noUsage();
    for (const [carriedKey, usage] of Object.entries(own.carried ?? {})) addUsage(this.of(carriedKey), usage);
    own.carried = null;
  }

  /** With a row of `last_seen`, which it counts as well. */
  #carry(deviceId: string, present: string | null): string {
    this.of(deviceId)[counted.rowsRead]++;
    return this.#carried(deviceId, present);
  }

  /** With a row that its cursor counts, too: of a device about which nothing is pending, what there was. */
  carryAlong(deviceId: string, present: string | null): string | null {
    if (!this.#pending.has(deviceId)) return present?.startsWith(`[${this.#fold},`) ? present : null;
    this.#ahead++;
    return this.#carried(deviceId, present);
  }

  #carried(deviceId: string, present: string | null): string {
    const usage = this.of(deviceId);
    this.#pending.delete(deviceId);
    usage[counted.rowsWritten]++;
    const [fold, ...carried] = present === null ? [0] : (JSON.parse(present) as number[]);
    if (fold === this.#fold) addUsage(usage, carried);
    return JSON.stringify([this.#fold, ...usage]);
  }

  /** Ends an event, before attachments are written. `owner`: whose it was; null: the hub's, or of who is named. */
  finish(state: Metered, owner: Connection | null): void {
    if (this.#sql.hasRun) this.#countRows(state, owner);
    if (state.now >= this.#dueAt) this.#foldAll(state);
    else if (this.#pending.size > 0) this.#stash(state);
  }

  #countRows(state: Metered, owner: Connection | null): void {
    if (!owner || owner.ended) return this.takeRows(owner ? keyOf(owner.state) : hubKey);
    this.#take(owner.state.usage);
    state.changed(owner);
  }

  /** Puts what is only in memory into attachments. Where there are none it is folded, or may be lost. */
  #stash(state: Metered): void {
    const carrier = liveOf(state.connections.values());
    for (const [key, usage] of this.#pending) {
      const own = liveOf(state.ofDevice.get(key) ?? []);
      if (own) addUsage(own.state.usage, usage);
      else if (!carrier || !carryIn(carrier, key, usage)) continue;
      state.changed((own ?? carrier) as Connection);
      this.#pending.delete(key);
    }
    if (this.#pending.size > 0 && state.now >= this.#foldedAt + meterLoneFoldMs) this.#foldAll(state);
  }

  /** Everything counted since the last fold, without taking it from where it is. */
  #unfolded(state: Metered): UsageByKey {
    const sum: UsageByKey = new Map();
    for (const [key, usage] of this.#pending) addTo(sum, key, usage);
    for (const { state: own } of state.connections.values()) {
      addTo(sum, keyOf(own), own.usage);
      for (const [key, usage] of Object.entries(own.carried ?? {})) addTo(sum, key, usage);
    }
    for (const { deviceId, unfolded } of [...this.lastSeen.unfolded(), ...this.#table.unfoldedOfReports()]) {
      addTo(sum, hubKey, [0, 0, 0, 1, 0]);
      const [fold, ...usage] = JSON.parse(unfolded) as number[];
      if (fold === this.#fold) addTo(sum, deviceId, usage);
    }
    return sum;
  }

  #foldAll(state: Metered): void {
    const sum = this.#unfolded(state);
    // Counts are of the day in which they began to be collected: a new day begins with a fold.
    const day = dayOf(this.#foldedAt === 0 ? state.now : this.#foldedAt);
    addTo(sum, hubKey, [0, 0, 0, 1, 1]);
    for (const known of this.#table.between(day, day)) {
      for (const [key, usage] of known.counts) addTo(sum, key, usage);
    }
    this.#table.write({ day, storedBytes: this.#sql.databaseSize, counts: sum }, this.#fold + 1, state.now);
    if (dayOf(state.now) !== day) this.#table.deleteOld(dayOf(state.now));
    this.#fold++;
    this.#foldedAt = state.now;
    this.#dueAt = dueAfter(state.now);
    this.#pending.clear();
    for (const connection of state.connections.values()) {
      const { state: own } = connection;
      if (!isUsed(own.usage) && own.carried === null) continue;
      own.usage = noUsage();
      own.carried = null;
      state.changed(connection);
    }
  }

  /** Counts of these days (both included), with those of today that are in no row yet. */
  between(state: Metered, fromDay: number, toDay: number): DayUsage[] {
    const days = [...this.#table.between(fromDay, toDay)];
    const day = dayOf(this.#foldedAt === 0 ? state.now : this.#foldedAt);
    if (day < fromDay || day > toDay) return days;
    let today = days.at(-1);
    if (today?.day !== day) days.push((today = { day, storedBytes: 0, counts: new Map() }));
    today.storedBytes = this.#sql.databaseSize;
    for (const [key, usage] of this.#unfolded(state)) addTo(today.counts, key, usage);
    return days;
  }
}

function dueAfter(foldedAt: number): number {
  return Math.min(foldedAt + meterFoldMs, (dayOf(foldedAt) + 1) * dayMs);
}

/** Whom a connection's counts are of. Sockets that were never accepted are the hub's own affair. */
function keyOf({ client }: Connection["state"]): string {
  const holder = client?.admission.holder;
  if (!holder) return hubKey;
  return holder.kind === "device" ? holder.id : appsKey;
}

function liveOf(connections: Iterable<Connection>): Connection | null {
  for (const connection of connections) if (!connection.ended) return connection;
  return null;
}

/** False: the attachment has no room for another key. */
function carryIn({ state: own }: Connection, key: string, usage: Usage): boolean {
  const carried = (own.carried ??= {});
  const present = carried[key];
  if (!present && Object.keys(carried).length >= maxCarriedKeys) return false;
  addUsage((carried[key] = present ?? noUsage()), usage);
  return true;
}

/** Beyond so many devices the rest is counted together, for a row has a size. */
function addTo(sum: UsageByKey, key: string, usage: readonly number[]): void {
  const isRoom = sum.has(key) || sum.size < maxMeteredDevices;
  const line = isRoom ? key : hubKey;
  let present = sum.get(line);
  if (!present) sum.set(line, (present = noUsage()));
  addUsage(present, usage);
}
