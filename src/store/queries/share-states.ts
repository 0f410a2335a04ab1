// What a hub has to know of shares: read off the dashboards, whose widgets say what is granted.
import { type SQL, eq, sql } from "drizzle-orm";
import type { CredentialState } from "../../domain/credentials.ts";
import { grantsFor, type Rights } from "../../domain/dashboards/dashboard.ts";
import type { Database, Tables } from "../backend.ts";

/** The states of the shares that meet `where`, of dashboards too. No two columns have the same name: D1 would tell one of them. */
export function selectShareStates(db: Database, { dashboards, dashboardShares }: Tables, where: SQL | undefined) {
  return db
    .select({
      subject: dashboardShares.id,
      rights: dashboardShares.rights,
      // Either grows with a change of what is granted, and neither ever shrinks: so does their sum.
      version: sql<number>`${dashboardShares.version} + ${dashboards.version}`.mapWith(Number).as("state_version"),
      grants: dashboards.grants,
    })
    .from(dashboardShares)
    .innerJoin(dashboards, eq(dashboards.id, dashboardShares.dashboardId))
    .where(where);
}

export function shareState(row: { subject: string; rights: Rights; version: number; grants: string }): CredentialState {
  const { subject, rights, version, grants } = row;
  return { subject, version, gen: 1, grants: grantsFor(rights, JSON.parse(grants)) };
}
