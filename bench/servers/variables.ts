// The Worker's variables in the benchmark: bounds that would slow the load down are put out of its way. What they cost
// a message is paid all the same.
import { readConfig } from "../../src/config.ts";

/** As high as the configuration lets them be. */
const raised = [
  "MAX_CONNECTIONS",
  "MAX_SESSIONS",
  "MAX_MESSAGES_PER_SECOND",
  "MAX_BYTES_PER_SECOND",
  "MAX_STORED_PER_SECOND",
  "MAX_QUEUED_MESSAGES",
  "MAX_QUEUED_BYTES",
  "MAX_TOTAL_QUEUED_BYTES",
  "MAX_UNREAD_BYTES",
];

/** By the names of wrangler.toml; everything else has its default. */
export function benchVariables(secrets: Record<string, string>): Record<string, string> {
  // The doors' log lines would be measured too.
  const variables: Record<string, string> = { LOG_SAMPLE_RATE: "0" };
  for (const name of raised) variables[name] = highest(name, secrets);
  return variables;
}

/** The highest power of ten that the configuration accepts; it ignores variables it does not know. */
function highest(name: string, secrets: Record<string, string>): string {
  for (let value = 1_000_000_000; value >= 1; value /= 10) {
    try {
      readConfig({ ...secrets, [name]: String(value) });
      return String(value);
    } catch {
      // Too high.
    }
  }
  throw new Error(`The configuration accepts no value of ${name}.`);
}
