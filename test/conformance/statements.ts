// Reads the two lists of normative statements. A statement is known by its tag: `MQTT-1.5.4-1` for MQTT 5, `MQTT3-1.5.3-1` for
// 3.1.1, whose numbers mean something else.
import { statements311 } from "./statements-3.1.1.ts";
import { statements5 } from "./statements-5.0.ts";

export interface Statement {
  /** Without brackets. */
  tag: string;
  binds: "server" | "client" | "both";
  /** `both` asks for one thing and forbids another: it needs a proof and a negative case. */
  kind: "must" | "mustNot" | "both";
  asks: string;
  /** Why no test can show it here, or null. */
  notApplicable: string | null;
}

function parse(prefix: string, text: string): Statement[] {
  const lines = text.trim().split("\n");
  return lines.map((line) => {
    const [id = "", binds, kind, asks = "", notApplicable = null] = line.split(" | ");
    if (binds !== "server" && binds !== "client" && binds !== "both") throw new Error(`binds nobody: ${line}`);
    if (kind !== "must" && kind !== "mustNot" && kind !== "both") throw new Error(`of no kind: ${line}`);
    return { tag: `${prefix}-${id}`, binds, kind, asks, notApplicable };
  });
}

export const mqtt5: readonly Statement[] = parse("MQTT", statements5);
export const mqtt311: readonly Statement[] = parse("MQTT3", statements311);
