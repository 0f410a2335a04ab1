// Rules with their logs. They are few: one page.
import type { RuleCall } from "../../../domain/rules/call.ts";
import type { Firing } from "../../../domain/rules/firing.ts";
import type { RuleView } from "../../../domain/rules/rule.ts";
import type { ExportSource, ExportWork } from "../export-work.ts";

export const rules: ExportSource = {
  async read(work) {
    for (const rule of await answer<RuleView[]>(work, { type: "list" })) {
      const firings = await answer<Firing[]>(work, { type: "firings", ruleId: rule.id });
      await work.write({ type: "rule", ...rule, firings });
    }
    return null;
  },
};

async function answer<T>(work: ExportWork, call: RuleCall): Promise<T> {
  if (work.hub === null) return [] as T;
  return JSON.parse(await work.ask(work.hub, (stub, hubCall) => stub.rules(call, hubCall))) as T;
}
