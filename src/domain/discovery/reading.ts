// What a payload says of a control, and what is published to change it.
import { decodeText, isKeptText, type StreamValue, valueOfText } from "../streams/values.ts";
import type { CommandSink, Control, StateSource } from "./entity.ts";
import { type Compiled, compileTemplate, renderOnce, type Template, type TemplateInput } from "./template.ts";

/** A longer payload is not looked at. */
const maxPayloadBytes = 16_384;

/** A message for the templates of all controls that read it; null: it is no text, or too long. */
export function inputOf(payload: Uint8Array): TemplateInput | null {
  const text = payload.length > maxPayloadBytes ? null : decodeText(payload);
  return text === null ? null : inputOfText(text);
}

function inputOfText(text: string): TemplateInput {
  let json: { value: unknown } | null = null;
  return { text, json: () => (json ??= { value: parse(text) }).value };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A state that can be read. Its template is compiled when it is first needed. */
export class Reader {
  readonly source: StateSource;
  #compiled: Compiled | null = null;

  constructor(source: StateSource) {
    this.source = source;
  }

  #compile(template: string): Compiled {
    return (this.#compiled ??= compileTemplate(template));
  }

  /** Null: the payload is read as it is. */
  get template(): Template | null {
    const { template } = this.source;
    const compiled = template === null ? null : this.#compile(template);
    return compiled?.ok ? compiled.template : null;
  }

  /** Why the template is not used. */
  get problem(): string | null {
    const { template } = this.source;
    const compiled = template === null ? null : this.#compile(template);
    return !compiled || compiled.ok ? null : `${compiled.problem} The payload is shown as it is.`;
  }
}

/** The text that a message has for a source; null: none. */
export function readText(reader: Reader, input: TemplateInput): string | null {
  const { source, template } = reader;
  const text = template ? template(input) : input.text;
  if (text === null || text === "" || text === "None") return null;
  if (source.field === null || !text.startsWith("{")) return text;
  const json = parse(text) as Record<string, unknown> | undefined;
  const field = json?.[source.field];
  return typeof field === "string" || typeof field === "number" ? String(field) : null;
}

/** The value of a control that a message says; null: none. */
export function readValue(control: Control, reader: Reader, input: TemplateInput): StreamValue | null {
  const text = readText(reader, input);
  if (text === null) return null;
  const { payloads } = reader.source;
  const meant = payloads && meaningOf(payloads, text);
  switch (control.type) {
    case "boolean":
      return meant === null ? null : meant === "true";
    case "number": {
      const number = text.trim() === "" ? Number.NaN : Number(text);
      return Number.isFinite(number) ? number : reader.problem === null ? null : keptText(text);
    }
    case "value":
      return reader.problem === null ? valueOfText(text) : keptText(text);
    default:
      return keptText(meant ?? text);
  }
}

function keptText(text: string): string | null {
  return isKeptText(text) ? text : null;
}

/** Firmwares are not strict about ON and on, True and true. */
function meaningOf(payloads: Record<string, string>, text: string): string | null {
  const lower = text.toLowerCase();
  for (const [value, payload] of Object.entries(payloads)) if (payload.toLowerCase() === lower) return value;
  return null;
}

/** The payload that sets a control; or why there is none, as a sentence. */
export function commandOf(control: Control, value: StreamValue | null): { payload: string } | { refused: string } {
  const { command } = control;
  if (!command) return { refused: "This can be read and not be set." };
  const wrong = whyNot(control, value);
  if (wrong !== null) return { refused: wrong };
  const text = control.type === "trigger" ? "press" : String(value);
  const payload = payloadOf(command, control, text);
  return payload === null ? { refused: "Its template for commands cannot be evaluated." } : { payload };
}

function payloadOf({ payloads, pattern, template }: CommandSink, { type }: Control, text: string): string | null {
  if (payloads) return payloads[text] ?? null;
  if (pattern !== null) {
    const isJson = pattern.trimStart().startsWith("{");
    const written = isJson && pattern.includes('"$value"') ? JSON.stringify(text).slice(1, -1) : text;
    const parts = text.split(",").map((part) => part.trim());
    return pattern.replace(/\$(value|[123])/g, (_, name: string) =>
      name === "value" ? written : (parts[Number(name) - 1] ?? ""),
    );
  }
  const value = type === "number" ? Number(text) : text;
  const [red, green, blue] = text.split(",");
  const colors = type === "color" ? { red, green, blue, hue: red, sat: green, x: red, y: green } : {};
  return template === null ? null : renderOnce(template, { value, position: value, tilt_position: value, ...colors });
}

/** Why a value does not fit a control; null: it does. */
function whyNot({ type, options, min, max, format }: Control, value: StreamValue | null): string | null {
  switch (type) {
    case "trigger":
      return null;
    case "boolean":
      return typeof value === "boolean" ? null : "value: must be true or false.";
    case "number":
      if (typeof value !== "number") return "value: must be a number.";
      return value >= (min ?? value) && value <= (max ?? value) ? null : `value: must be from ${min} to ${max}.`;
    case "options":
      if (options === null) return typeof value === "string" ? null : "value: must be a text.";
      return options.includes(String(value)) ? null : `value: must be one of ${options.slice(0, 20).join(", ")}.`;
    case "color": {
      const parts = typeof value === "string" ? value.split(",").map((part) => Number(part.trim() || Number.NaN)) : [];
      const isRight = parts.length === (format === "rgb" ? 3 : 2) && parts.every(Number.isFinite);
      return isRight ? null : `value: must be the ${format} numbers of a colour, between commas.`;
    }
    default:
      if (typeof value !== "string") return "value: must be a text.";
      return value.length >= (min ?? 0) && value.length <= (max ?? Number.POSITIVE_INFINITY)
        ? null
        : `value: must have from ${min} to ${max} characters.`;
  }
}
