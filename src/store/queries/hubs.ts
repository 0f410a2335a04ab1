// Hubs, and what a hub has to know of the credentials it admits.
import { and, asc, eq, gt, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import { noGrants } from "../../domain/access.ts";
import { type CredentialState, deletedVersion } from "../../domain/credentials.ts";
import type { HubStore } from "../store.ts";
import type { Backend } from "../backend.ts";
import { selectShareStates, shareState } from "./share-states.ts";

/** Rows a query reads at most while a hub's list is put together. */
const pageSize = 1000;
/** What a share grants may be long. */
const sharesPageSize = 100;
/** D1 binds 100 parameters a statement. */
const subjectsPerQuery = 90;

interface DeviceRow {
  subject: string;
  version: number;
  gen: number | null;
  grants: string;
  name: string;
  model: string | null;
  tags: string;
  checkInSeconds: number | null;
}

function deviceState({ grants, name, model, tags, checkInSeconds, ...row }: DeviceRow): CredentialState {
  return { ...row, grants: JSON.parse(grants), about: { name, model, tags: JSON.parse(tags), checkInSeconds } };
}

/** An app token never changes: it exists, then it is deleted. */
function appTokenState({ subject, grants }: { subject: string; grants: string | null }): CredentialState {
  return { subject, version: 1, gen: 1, grants: grants === null ? noGrants : JSON.parse(grants) };
}

function deletedState(subject: string): CredentialState {
  return { subject, version: deletedVersion, gen: null, grants: noGrants };
}

async function allPages<T extends { subject: string }>(
  read: (after: string) => Promise<T[]>,
  size = pageSize,
): Promise<T[]> {
  const all: T[] = [];
  for (let after = ""; ;) {
    const page = await read(after);
    all.push(...page);
    if (page.length < size) return all;
    after = page.at(-1)?.subject ?? after;
  }
}

export function hubStore({ db, tables, batch }: Backend): HubStore {
  const { appTokens, dashboardShares, devices, hubs, users } = tables;
  const { version, gen, grants, name, model, tags, checkInSeconds } = devices;
  const deviceColumns = { subject: devices.id, version, gen, grants, name, model, tags, checkInSeconds };
  const appTokenColumns = { subject: appTokens.id, grants: appTokens.grants };
  const columns = { id: hubs.id, userId: hubs.userId, startedAt: hubs.startedAt };

  return {
    async ofUser(userId) {
      const [hub] = await db.select(columns).from(hubs).where(eq(hubs.userId, userId));
      return hub ?? null;
    },

    async ensure(userId, hubId, now) {
      const [, [hub]] = await batch((tx) => [
        tx.insert(hubs).select(
          tx
            .select({
              id: sql<string>`${hubId}`.as("id"),
              userId: users.id,
              startedAt: sql<null>`null`.as("started_at"),
              createdAt: sql<number>`${now}`.as("created_at"),
            })
            .from(users)
            .leftJoin(hubs, eq(hubs.userId, users.id))
            .where(and(eq(users.id, userId), isNull(hubs.id))),
        ),
        tx.select(columns).from(hubs).where(eq(hubs.userId, userId)),
      ]);
      return hub ?? null;
    },

    async markStarted(hubId, now) {
      await db
        .update(hubs)
        .set({ startedAt: now })
        .where(and(eq(hubs.id, hubId), isNull(hubs.startedAt)));
    },

    async listCredentials(hubId, now) {
      const ofDevices = await allPages((after) =>
        db
          .select(deviceColumns)
          .from(devices)
          .where(and(eq(devices.hubId, hubId), gt(devices.id, after), isNotNull(devices.gen)))
          .orderBy(asc(devices.id))
          .limit(pageSize),
      );
      const ofApps = await allPages((after) =>
        db
          .select(appTokenColumns)
          .from(appTokens)
          .where(
            and(
              eq(appTokens.hubId, hubId),
              gt(appTokens.id, after),
              or(isNull(appTokens.expiresAt), gt(appTokens.expiresAt, now)),
            ),
          )
          .orderBy(asc(appTokens.id))
          .limit(pageSize),
      );
      const ofShares = await allPages(async (after) => {
        const rows = await selectShareStates(
          db,
          tables,
          and(
            eq(dashboardShares.hubId, hubId),
            gt(dashboardShares.id, after),
            or(isNull(dashboardShares.expiresAt), gt(dashboardShares.expiresAt, now)),
          ),
        )
          .orderBy(asc(dashboardShares.id))
          .limit(sharesPageSize);
        return rows.map(shareState);
      }, sharesPageSize);
      return [...ofDevices.map(deviceState), ...ofApps.map(appTokenState), ...ofShares];
    },

    async credentialStates(subjects) {
      const states = new Map(subjects.map((subject) => [subject, deletedState(subject)]));
      for (let start = 0; start < subjects.length; start += subjectsPerQuery) {
        const some = subjects.slice(start, start + subjectsPerQuery);
        const [ofDevices, ofApps, ofShares] = await batch((tx) => [
          tx.select(deviceColumns).from(devices).where(inArray(devices.id, some)),
          tx.select(appTokenColumns).from(appTokens).where(inArray(appTokens.id, some)),
          selectShareStates(tx, tables, inArray(dashboardShares.id, some)),
        ]);
        for (const row of ofDevices) states.set(row.subject, deviceState(row));
        for (const row of ofApps) states.set(row.subject, appTokenState(row));
        for (const row of ofShares) states.set(row.subject, shareState(row));
        // The notice of a dashboard is one of all its shares.
        const dashboardIds = some.filter((each) => each.startsWith("dsh_"));
        for (const dashboardId of dashboardIds) {
          states.delete(dashboardId);
          const rows = await selectShareStates(db, tables, eq(dashboardShares.dashboardId, dashboardId));
          for (const row of rows) states.set(row.subject, shareState(row));
        }
      }
      return [...states.values()];
    },
  };
}
