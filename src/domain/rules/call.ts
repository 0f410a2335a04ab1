// What a service asks the hub about rules, and what it is answered, as JSON text.
import type { Rule, RuleContent } from "./rule.ts";

export type RuleCall =
  /** RuleView[], the oldest first. */
  | { type: "list" }
  /** RuleView. */
  | { type: "get"; ruleId: string }
  /** RuleView. */
  | { type: "create"; rule: Rule }
  /** RuleView. */
  | { type: "change"; ruleId: string; change: Partial<RuleContent>; author: string; now: number }
  /** null. */
  | { type: "delete"; ruleId: string }
  /** Firing. */
  | { type: "test"; ruleId: string }
  /** Firing[], the latest first. */
  | { type: "firings"; ruleId: string };
