// A share as its dashboard's owner sees it.
import type { Share } from "../../store/dashboard-store.ts";

export interface ShareView {
  id: string;
  dashboardId: string;
  kind: "person" | "link";
  rights: Share["rights"];
  email: string | null;
  label: string | null;
  createdAt: number;
  expiresAt: number | null;
}

export function shareViewOf({ id, dashboardId, rights, email, label, createdAt, expiresAt }: Share): ShareView {
  return { id, dashboardId, kind: email === null ? "link" : "person", rights, email, label, createdAt, expiresAt };
}
