// Words in braces that stand for what a rule fired for. Everything else, other braces too, stays as it is.
import type { StreamValue } from "../streams/values.ts";

/** What fired, as far as there is such a thing. */
export interface TemplateValues {
  rule: string;
  /** The device's id, and its owner's name for it. */
  device: string | null;
  deviceName: string | null;
  stream: string | null;
  value: StreamValue | null;
}

const placeholder = /\{(rule|device|deviceName|stream|value)\}/g;

/** The text with each placeholder filled; what there is none of becomes nothing. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template.replace(placeholder, (_, name: keyof TemplateValues) => String(values[name] ?? ""));
}

/** Whether a template asks for this. */
export function mentions(template: string, name: keyof TemplateValues): boolean {
  return template.includes(`{${name}}`);
}
