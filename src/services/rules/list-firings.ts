// When a rule fired and what it did, the latest first.
import type { Firing } from "../../domain/rules/firing.ts";
import type { ServiceContext } from "../context.ts";
import { askRules } from "./ask-rules.ts";

export async function listFirings({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { ruleId: string };
}): Promise<{ items: Firing[] }> {
  return { items: await askRules<Firing[]>(ctx, { type: "firings", ...input }) };
}
