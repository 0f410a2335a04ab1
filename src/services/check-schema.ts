// Whether the database fits this program.
import type { SystemContext } from "./context.ts";

/** Throws `schema_outdated` with the command that helps. */
export async function checkSchema({ ctx }: { ctx: SystemContext }): Promise<void> {
  await ctx.store.schema.check();
}
