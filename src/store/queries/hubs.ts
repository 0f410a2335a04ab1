// Hubs, and what a hub has to know of the credentials it admits.
import { and, asc, eq, gt, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import { noGrants } from "../../domain/access.ts";
import { type CredentialState, deletedVersion } from "../../domain/credentials.ts";
import type { HubStore } from "../store.ts";
import type { Backend } from "../backend.ts";

/** Rows a query reads at most while a hub's list is put together. */
const pageSize = 1000;
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
}

function deviceState({ grants, name, model, tags, ...row }: DeviceRow): CredentialState {
  return { ...row, grants: JSON.parse(grants), about: { name, model, tags: JSON.parse(tags) } };
}

/** An app token never changes: it exists, then it is deleted. */
function appTokenState(subject: string): CredentialState {
  return { subject, version: 1, gen: 1, grants: noGrants };
}

function deletedState(subject: string): CredentialState {
  return { subject, version: deletedVersion, gen: null, grants: noGrants };
}

async function allPages<T extends { subject: string }>(read: (after: string) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  for (let after = ""; ;) {
    const page = await read(after);
    all.push(...page);
    if (page.length < pageSize) return all;
    after = page.at(-1)?.subject ?? after;
  }
}

export function hubStore({ db, tables, batch }: Backend): HubStore {
  const { appTokens, devices, hubs, users } = tables;
  const { id: subject, version, gen, grants, name, model, tags } = devices;
  const deviceColumns = { subject, version, gen, grants, name, model, tags };
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
          .select({ subject: appTokens.id })
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
      return [...ofDevices.map(deviceState), ...ofApps.map(({ subject }) => appTokenState(subject))];
    },

    async credentialStates(subjects) {
      const states = new Map(subjects.map((subject) => [subject, deletedState(subject)]));
      for (let start = 0; start < subjects.length; start += subjectsPerQuery) {
        const some = subjects.slice(start, start + subjectsPerQuery);
        const [ofDevices, ofApps] = await batch((tx) => [
          tx.select(deviceColumns).from(devices).where(inArray(devices.id, some)),
          tx.select({ subject: appTokens.id }).from(appTokens).where(inArray(appTokens.id, some)),
        ]);
        for (const row of ofDevices) states.set(row.subject, deviceState(row));
        for (const { subject } of ofApps) states.set(subject, appTokenState(subject));
      }
      return [...states.values()];
    },
  };
}
