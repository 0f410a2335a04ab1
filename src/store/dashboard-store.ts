// What dashboards and their shares need of a database. A share is also a credential of the owner's hub; what it grants is read off
// its dashboard, so that the two cannot differ.
import type { Grants } from "../domain/access.ts";
import type { CredentialState } from "../domain/credentials.ts";
import type { Rights, Widget } from "../domain/dashboards/dashboard.ts";
import type { Committed, NewNotice } from "./store.ts";

export interface Dashboard {
  id: string;
  userId: string;
  hubId: string;
  title: string;
  icon: string | null;
  widgets: Widget[];
  /** What the widgets need. */
  grants: Grants;
  position: number;
  version: number;
  createdAt: number;
  updatedAt: number;
}

export type NewDashboard = Omit<Dashboard, "version" | "updatedAt">;
export type DashboardChange = Partial<Pick<Dashboard, "title" | "icon" | "widgets" | "grants">>;
export type DashboardSummary = Omit<Dashboard, "widgets" | "grants" | "hubId">;

/** A dashboard of its owner. */
export interface DashboardRef {
  userId: string;
  dashboardId: string;
}

export interface Share {
  id: string;
  dashboardId: string;
  /** The owner. */
  userId: string;
  hubId: string;
  rights: Rights;
  /** Of a share with a person; null: a link. */
  email: string | null;
  personId: string | null;
  /** Of a link. */
  secretHash: string | null;
  label: string | null;
  /** The outbox row of its end. */
  noticeId: string;
  expiresAt: number | null;
  createdAt: number;
}

/** A share with what it lets see. */
export interface SharedDashboard {
  share: Share;
  dashboard: Dashboard;
  ownerName: string;
}

export type SharedSummary = Omit<SharedDashboard, "dashboard"> & { dashboard: DashboardSummary };

/** Whose share: its owner's to change, or that of the person it is with. */
export type ShareRef = { shareId: string } & ({ userId: string } | { personId: string });

export interface DashboardStore {
  create(dashboard: NewDashboard): Promise<void>;
  find(ref: DashboardRef): Promise<Dashboard | null>;
  /** All of the person, in their order. */
  list(userId: string): Promise<DashboardSummary[]>;
  /**
   * Changes the given fields if the version is the given one (null: whatever it is). `isChanged` false: it was another one.
   * `shares`: the states of its shares, for the hub to be told if the grants were among the fields.
   */
  update(
    ref: DashboardRef,
    change: DashboardChange,
    version: number | null,
    notice: NewNotice,
  ): Promise<Committed<{ dashboard: Dashboard; isChanged: boolean; shares: CredentialState[] }> | null>;
  /** Puts all of the person in the order of these ids. */
  sort(userId: string, ids: string[]): Promise<void>;
  /** With its shares; `ended`: those whose hub is to be told, with the notices of that. Null: there is none. */
  delete(ref: DashboardRef, notice: NewNotice): Promise<{ ended: { shareId: string; noticeId: string }[] } | null>;
}

export interface ShareStore {
  /** Null: no such dashboard. Throws `conflict` when it is shared with that address already. */
  create(share: Share, notice: NewNotice): Promise<Committed<{ state: CredentialState }> | null>;
  listOf(ref: DashboardRef): Promise<Share[]>;
  /** What the owner calls these shares of theirs, by id: the person's address or the link's label. At most 200 ids. */
  namesOf(ref: { userId: string; shareIds: string[] }): Promise<Map<string, string | null>>;
  /** With the dashboard, for whoever shows the share's token or secret. */
  find(shareId: string): Promise<SharedDashboard | null>;
  update(
    ref: { userId: string; shareId: string },
    change: Partial<Pick<Share, "rights" | "label">>,
    notice: NewNotice,
  ): Promise<Committed<{ share: Share; state: CredentialState }> | null>;
  delete(ref: ShareRef, notice: NewNotice): Promise<Committed<{ hubId: string }> | null>;
  /** Makes shares with the person's confirmed address theirs. */
  claim(personId: string): Promise<void>;
  /** Those with a person, in order of creation. */
  listWith(query: { personId: string; now: number; cursor: string | null; limit: number }): Promise<SharedSummary[]>;
  /** Who has this address; null: nobody. */
  personOf(email: string): Promise<{ id: string } | null>;
}
