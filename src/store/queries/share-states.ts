// What a hub has to know of shares: read off the dashboards, whose widgets say what is granted.
import { type SQL, eq } from "drizzle-orm";
import type { CredentialState } from "../../domain/credentials.ts";
import { grantsFor, type Rights } from "../../domain/dashboards/dashboard.ts";
import type { Database, Tables } from "../backend.ts";

/** The states of the shares that meet `where`, of dashboards too. */
export function selectShareStates(db: Database, { dashboards, dashboardShares }: Tables, where: SQL | undefined) {
  return db
    .select({
      subject: dashboardShares.id,
      rights: dashboardShares.rights,
      version: dashboardShares.version,
      dashboardVersion: dashboards.version,
      grants: dashboards.grants,
    })
    .from(dashboardShares)
    .innerJoin(dashboards, eq(dashboards.id, dashboardShares.dashboardId))
    .where(where);
}

/** Either version grows with a change of what is granted, and neither ever shrinks: so does their sum. */
export function shareState(row: {
  subject: string;
  rights: Rights;
  version: number;
  dashboardVersion: number;
  grants: string;
}): CredentialState {
  const version = row.version + row.dashboardVersion;
  return { subject: row.subject, version, gen: 1, grants: grantsFor(row.rights, JSON.parse(row.grants)) };
}
