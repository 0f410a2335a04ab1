// What a check-in says, in the forms that small clients can send: JSON, a form, or a query.
import type { Metrics, Report } from "../domain/check-ins.ts";
import { shadowName } from "../domain/shadow/topics.ts";
import { HomeportError } from "../errors.ts";

/** What is said about the check-in itself, and is nothing the device measured. */
const controls = new Set(["ack", "fresh", "format", "etag"]);
const namePattern = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/;
const maxMetrics = 64;
const maxTextLength = 256;
const maxReportedLength = 8192;
const maxReportedShadows = 8;
const namedPrefix = "reported/";
const maxAddresses = 16;
export const maxCheckInBytes = 16_384;

export interface CheckInForm {
  report: Report | null;
  /** By name; only of the four above. */
  controls: Record<string, string>;
}

/** From JSON's text. Throws `bad_request` that names what is at fault. */
export function readJsonForm(text: string): CheckInForm {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad("body", "is not JSON");
  }
  if (!isObject(value)) throw bad("body", "must be an object");
  const { metrics, ...rest } = value;
  if (metrics !== undefined && !isObject(metrics)) throw bad("metrics", "must be an object");
  return readFields({ ...rest, ...metrics });
}

/** From a form or a query, where everything is text. */
export function readTextForm(form: URLSearchParams): CheckInForm {
  const fields: Record<string, unknown> = {};
  for (const [name, text] of form) fields[name] = controls.has(name) || isPlain(name) ? text : valueOf(name, text);
  return readFields(fields);
}

/** The report of both together; what the body says goes before the query. */
export function merge(first: CheckInForm, second: CheckInForm): CheckInForm {
  const controlsOfBoth = { ...second.controls, ...first.controls };
  const report = first.report ?? second.report;
  return { report, controls: controlsOfBoth };
}

function isPlain(name: string): boolean {
  return name === "firmwareVersion" || name === "addresses";
}

function valueOf(name: string, text: string): unknown {
  if (name === "reported" || name.startsWith(namedPrefix)) {
    try {
      return JSON.parse(text);
    } catch {
      throw bad(name.slice(0, 80), "is not JSON");
    }
  }
  if (text === "true" || text === "false") return text === "true";
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : text;
}

function readFields(fields: Record<string, unknown>): CheckInForm {
  const found: CheckInForm = { report: null, controls: {} };
  const report: Report = {
    metrics: {},
    reported: null,
    reportedNamed: {},
    firmwareVersion: null,
    addresses: null,
  };
  for (const [name, value] of Object.entries(fields)) {
    if (controls.has(name)) {
      found.controls[name] = String(value);
      continue;
    }
    found.report = report;
    if (name === "reported") report.reported = reportedOf(name, value);
    else if (name.startsWith(namedPrefix)) addReported(report.reportedNamed, name, value);
    else if (name === "firmwareVersion") report.firmwareVersion = textOf(name, value);
    else if (name === "addresses") report.addresses = addressesOf(value);
    else addMetric(report.metrics, name, value);
  }
  if (Object.keys(report.metrics).length > maxMetrics) throw bad("metrics", `are ${maxMetrics} at most`);
  return found;
}

function addMetric(metrics: Metrics, name: string, value: unknown): void {
  if (!namePattern.test(name)) {
    throw bad(name.slice(0, 64), "is no name: letters, digits, `_`, `.` and `-`, at most 64");
  }
  if (typeof value === "number" && Number.isFinite(value)) metrics[name] = value;
  else if (typeof value === "boolean") metrics[name] = value;
  else if (typeof value === "string") metrics[name] = textOf(name, value);
  else throw bad(name, "must be a number, true, false or text");
}

function textOf(name: string, value: unknown): string {
  if (typeof value !== "string" || value.length > maxTextLength || !value.isWellFormed() || value.includes("\0")) {
    throw bad(name, `must be text of at most ${maxTextLength} characters`);
  }
  return value;
}

function addressesOf(value: unknown): string[] {
  const list = typeof value === "string" ? value.split(/[\s,]+/).filter((text) => text !== "") : value;
  if (!Array.isArray(list) || list.length > maxAddresses) throw bad("addresses", `must be at most ${maxAddresses}`);
  return list.map((address) => textOf("addresses", address));
}

function addReported(reported: Record<string, string>, field: string, value: unknown): void {
  const name = field.slice(namedPrefix.length);
  if (!shadowName.test(name))
    throw bad(field.slice(0, 80), "names no shadow: letters, digits, `:`, `_`, `-`, at most 64");
  if (Object.keys(reported).length >= maxReportedShadows) throw bad(field, `is one of more than ${maxReportedShadows}`);
  reported[name] = reportedOf(field, value);
}

function reportedOf(field: string, value: unknown): string {
  if (!isObject(value)) throw bad(field, "must be an object");
  const json = JSON.stringify(value);
  if (json.length > maxReportedLength) throw bad(field, `has at most ${maxReportedLength} characters`);
  return json;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function bad(field: string, problem: string): HomeportError {
  return new HomeportError("bad_request", `${field}: ${problem}.`);
}
