// All rules of the user, the oldest first; they are few.
import type { RuleView } from "../../domain/rules/rule.ts";
import type { ServiceContext } from "../context.ts";
import { askRules } from "./ask-rules.ts";

export async function listRules({ ctx }: { ctx: ServiceContext }): Promise<{ items: RuleView[] }> {
  return { items: await askRules<RuleView[]>(ctx, { type: "list" }) };
}
