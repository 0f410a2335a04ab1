// Deletes a rule with its log; what it has not handed over yet is not told any more.
import type { ServiceContext } from "../context.ts";
import { askRules } from "./ask-rules.ts";

export async function deleteRule({ ctx, input }: { ctx: ServiceContext; input: { ruleId: string } }): Promise<void> {
  await askRules<null>(ctx, { type: "delete", ...input });
}
