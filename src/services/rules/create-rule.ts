// Makes a rule. It lives in the user's hub, which this may start.
import { newId } from "../../domain/ids.ts";
import { faultsOf } from "../../domain/rules/faults.ts";
import type { RuleContent, RuleView } from "../../domain/rules/rule.ts";
import { HomeportError, unwrap } from "../../errors.ts";
import { hubStub } from "../../hub-stub.ts";
import type { ServiceContext } from "../context.ts";
import { checkNames } from "./ask-rules.ts";

export async function createRule({ ctx, input }: { ctx: ServiceContext; input: RuleContent }): Promise<RuleView> {
  const now = ctx.now();
  const faults = faultsOf(input, now);
  if (faults.length > 0) throw new HomeportError("bad_request", faults.join("; "));
  await checkNames(ctx, input);
  const rule = { ...input, id: newId("rul", now), author: ctx.user.userId, createdAt: now, updatedAt: now };
  const result = await hubStub(ctx.hubs, ctx.user.hubId, ctx.origin.continent)
    .rules({ type: "create", rule }, ctx.meter.call(ctx.user.hubId))
    .catch((cause: unknown) => {
      throw new HomeportError("unavailable", "The hub does not answer. Try again in a moment.", {
        retryAfterSeconds: 1,
        cause,
      });
    });
  return JSON.parse(unwrap<string>(result)) as RuleView;
}
