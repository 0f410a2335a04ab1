// Does what a rule would do, now, and says what that was.
import type { Firing } from "../../domain/rules/firing.ts";
import type { ServiceContext } from "../context.ts";
import { askRules } from "./ask-rules.ts";

export async function testRule({ ctx, input }: { ctx: ServiceContext; input: { ruleId: string } }): Promise<Firing> {
  return askRules(ctx, { type: "test", ...input });
}
