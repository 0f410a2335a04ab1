// Puts the person's dashboards in an order: those that are named first, then the others as they were.
import { HomeportError } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";

export async function sortDashboards({
  ctx,
  input: { ids },
}: {
  ctx: ServiceContext;
  input: { ids: string[] };
}): Promise<void> {
  const { userId } = ctx.user;
  const present = (await ctx.store.dashboards.list(userId)).map(({ id }) => id);
  const unknown = ids.find((id) => !present.includes(id));
  if (unknown !== undefined) throw new HomeportError("bad_request", `ids: you have no dashboard ${unknown}.`);
  await ctx.store.dashboards.sort(userId, [...ids, ...present.filter((id) => !ids.includes(id))]);
}
