// One rule.
import type { RuleView } from "../../domain/rules/rule.ts";
import type { ServiceContext } from "../context.ts";
import { askRules } from "./ask-rules.ts";

export async function getRule({ ctx, input }: { ctx: ServiceContext; input: { ruleId: string } }): Promise<RuleView> {
  return askRules(ctx, { type: "get", ...input });
}
