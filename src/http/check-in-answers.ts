// A check-in's answer in its two forms: JSON, and lines of `key=value` for parsers of a few lines.
import type { CheckInOutcome } from "../services/checkins/check-in.ts";

export type AnswerForm = "json" | "line";

export const contentTypes: Record<AnswerForm, string> = {
  json: "application/json",
  line: "text/plain; charset=utf-8",
};

/** The entity tag of an answer in this form: the two differ, and so must their tags. */
export function tagOf({ answer }: CheckInOutcome, form: AnswerForm): string {
  return form === "json" ? answer.etag : `${answer.etag}-line`;
}

/** Whether `If-None-Match` has the tag, weakly compared; without quotes too, as small clients send it. */
export function hasTag(ifNoneMatch: string | null, tag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(",").some((each) => each.trim().replace(/^W\//, "").replaceAll('"', "") === tag);
}

export function encodeAnswer(outcome: CheckInOutcome, form: AnswerForm): string {
  return form === "json" ? JSON.stringify(viewOf(outcome)) : linesOf(outcome);
}

/** The answer as JSON has it. */
export function viewOf(outcome: CheckInOutcome) {
  const { answer, nextCheckinSeconds, reportAfterSeconds } = outcome;
  const { delta, shadows, messages, cursor, more } = answer;
  const times = { nextCheckinSeconds, reportAfterSeconds };
  return { etag: tagOf(outcome, "json"), ...times, cursor, more, messages, delta, shadows };
}

/**
 * First what every device needs, then the wished state as `delta/…`, that of named shadows as `shadows/{name}/delta/…`, then a line for each message by its topic, in their order.
 * Percent signs, line breaks and other control characters stand as %XX, in keys `=` as well.
 */
function linesOf(outcome: CheckInOutcome): string {
  const { answer, nextCheckinSeconds, reportAfterSeconds } = outcome;
  const lines: [string, unknown][] = [
    ["etag", tagOf(outcome, "line")],
    ["nextCheckinSeconds", nextCheckinSeconds],
    ["reportAfterSeconds", reportAfterSeconds],
  ];
  if (answer.cursor !== null) lines.push(["cursor", answer.cursor]);
  if (answer.more) lines.push(["more", 1]);
  if (answer.delta) {
    lines.push(["deltaVersion", answer.delta.version]);
    for (const [path, value] of leaves("delta", answer.delta.state)) lines.push([path, value]);
  }
  for (const [name, { version, state }] of Object.entries(answer.shadows)) {
    lines.push([`shadows/${name}/deltaVersion`, version]);
    for (const [path, value] of leaves(`shadows/${name}/delta`, state)) lines.push([path, value]);
  }
  for (const message of answer.messages) {
    if ("payload" in message) lines.push([message.topic, message.payload]);
    else lines.push([`${message.topic}:base64`, message.payloadBase64]);
  }
  return lines.map(([key, value]) => `${escape(key).replaceAll("=", "%3D")}=${escape(String(value))}\n`).join("");
}

/** What is not an object, by its path; lists as JSON. */
function* leaves(path: string, value: unknown): Iterable<[string, unknown]> {
  if (typeof value !== "object" || value === null) yield [path, value];
  else if (Array.isArray(value)) yield [path, JSON.stringify(value)];
  else for (const [key, inner] of Object.entries(value)) yield* leaves(`${path}/${key}`, inner);
}

function escape(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is to be escaped
  return text.replace(/[%\u0000-\u001f\u007f]/g, (sign) => {
    return `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}
