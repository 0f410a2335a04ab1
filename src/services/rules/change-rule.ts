// Changes the given fields of a rule. With another trigger, or enabled again, it begins anew.
import type { RuleContent, RuleView } from "../../domain/rules/rule.ts";
import type { ServiceContext } from "../context.ts";
import { askRules, checkNames } from "./ask-rules.ts";

export async function changeRule({
  ctx,
  input: { ruleId, change },
}: {
  ctx: ServiceContext;
  input: { ruleId: string; change: Partial<RuleContent> };
}): Promise<RuleView> {
  await checkNames(ctx, change);
  return askRules(ctx, { type: "change", ruleId, change, author: ctx.user.userId, now: ctx.now() });
}
