// Shares a dashboard: with a person by their address, or with whoever has a link.
import { maxSharesOfDashboard, type Rights } from "../../domain/dashboards/dashboard.ts";
import { newId } from "../../domain/ids.ts";
import { HomeportError, notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { newNotice, tellHub } from "../hub/tell-hub.ts";
import { newLinkSecret } from "./link-secret.ts";
import { tellShared } from "./tell-shared.ts";
import { type ShareView, shareViewOf } from "./share-view.ts";

const dayMs = 86_400_000;

export type NewShare = { dashboardId: string; expiresInDays?: number | undefined } & (
  | { kind: "person"; email: string; rights: Rights }
  | { kind: "link"; label?: string | null | undefined }
);

/** `secret` and `url`: of a link, shown this once. `isMailed`: whether the person is told by mail. */
export type CreatedShare = ShareView & { secret: string | null; url: string | null; isMailed: boolean };

export async function createShare({ ctx, input }: { ctx: ServiceContext; input: NewShare }): Promise<CreatedShare> {
  const { userId, hubId } = ctx.user;
  const { dashboardId, expiresInDays } = input;
  const notice = newNotice(ctx);
  const createdAt = notice.now;
  const id = newId("shr", createdAt);
  const present = await ctx.store.shares.listOf({ userId, dashboardId });
  if (present.length >= maxSharesOfDashboard) {
    const message = `A dashboard has at most ${maxSharesOfDashboard} shares. End one first.`;
    throw new HomeportError("quota_exceeded", message);
  }
  const link = input.kind === "link" ? newLinkSecret(id) : null;
  const share = {
    id,
    dashboardId,
    userId,
    hubId,
    rights: input.kind === "link" ? ("view" as const) : input.rights,
    email: null,
    personId: null,
    label: input.kind === "link" ? (input.label ?? null) : null,
    secretHash: link?.secretHash ?? null,
    noticeId: newId("out", createdAt),
    expiresAt: expiresInDays === undefined ? null : createdAt + expiresInDays * dayMs,
    createdAt,
    ...(input.kind === "person" && { email: input.email, personId: await personOf(ctx, input.email) }),
  };
  const created = await ctx.store.shares.create(share, notice).catch((error: unknown) => {
    if (!(error instanceof HomeportError) || error.code !== "conflict") throw error;
    throw new HomeportError("conflict", "It is shared with this person already: change or end that share.");
  });
  if (!created) throw notFound("dashboard");
  await tellHub(ctx, { hubId, notice, noticed: created.noticed, state: created.state });
  const secret = link?.secret ?? null;
  const isMailed = share.email !== null && (await tellShared(ctx, { shareId: id, email: share.email }));
  return { ...shareViewOf(share), secret, url: secret && `${ctx.baseUrl}/shared#${secret}`, isMailed };
}

/**
 * Who has the address. Where addresses are confirmed nobody learns from the answer whether anybody has: the share then waits for
 * them (null). Elsewhere it cannot wait, for anybody could sign up with the address.
 */
async function personOf(ctx: ServiceContext, email: string): Promise<string | null> {
  const person = await ctx.store.shares.personOf(email);
  if (person?.id === ctx.user.userId) throw new HomeportError("bad_request", "email: this is your own address.");
  if (person) return person.id;
  if (ctx.config.REQUIRE_VERIFIED_EMAIL) return null;
  const message = "email: nobody has signed up with this address. Ask them to, or share by a link.";
  throw new HomeportError("bad_request", message);
}
