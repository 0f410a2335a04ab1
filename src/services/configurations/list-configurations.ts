// The user's configurations, the oldest first, a page at a time.
import type { Configuration, ConfigurationKind } from "../../domain/configurations/configuration.ts";
import type { Page } from "../../store/store.ts";
import type { ServiceContext } from "../context.ts";
import { askConfigurations } from "./ask-configurations.ts";

export async function listConfigurations({
  ctx,
  input: { cursor = null, limit, kind = null, key = null },
}: {
  ctx: ServiceContext;
  input: {
    cursor?: string | null | undefined;
    limit: number;
    kind?: ConfigurationKind | null | undefined;
    key?: string | null | undefined;
  };
}): Promise<Page<Configuration>> {
  const all = await askConfigurations<Configuration[]>(ctx, { type: "list" });
  const left = all.filter(
    (each) =>
      (cursor === null || each.id > cursor) &&
      (kind === null || each.kind === kind) &&
      (key === null || each.key === key),
  );
  const items = left.slice(0, limit);
  return { items, nextCursor: left.length > limit ? (items.at(-1)?.id ?? null) : null };
}
