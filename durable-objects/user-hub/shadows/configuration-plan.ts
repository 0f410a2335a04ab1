// What a call would make of the configurations, and what it is answered then. Changes nothing.
import {
  type Configuration,
  type ConfigurationCall,
  type ConfigurationContent,
  type ConfigurationTarget,
  maxConfigurations,
} from "../../../src/domain/configurations/configuration.ts";
import { isSame } from "../../../src/domain/shadow/document.ts";
import type { Result } from "../../../src/errors.ts";
import type { ConfigurationsTable } from "../tables/configurations.ts";
import type { ConfigurationBook } from "./configuration-book.ts";

export type ChangingCall = Extract<ConfigurationCall, { type: "create" | "change" | "rollback" | "delete" }>;

export interface Change {
  id: string;
  target: ConfigurationTarget;
  /** Null: there is to be none any more. */
  configuration: Configuration | null;
  author: string;
}

export interface Plan {
  /** Null: nothing is to change. */
  change: Change | null;
  /** JSON, once the change is made. */
  answer: Result<string>;
}

export function json(value: unknown): Result<string> {
  return { ok: true, value: JSON.stringify(value) };
}

function refused(code: "conflict" | "quota_exceeded" | "not_found", message: string): Plan {
  return { change: null, answer: { ok: false, code, message } };
}

export const noConfiguration = refused("not_found", "There is no such configuration.");

export function planOf(call: ChangingCall, book: ConfigurationBook, table: ConfigurationsTable): Plan {
  if (call.type === "create") return planCreation(call.configuration, book);
  const present = book.get(call.id);
  if (!present) return noConfiguration;
  switch (call.type) {
    case "change":
      if (call.version === null || call.version === present.version) return planChange(present, call.change, call);
      return { change: null, answer: json({ configuration: present, isAtVersion: false }) };
    case "rollback": {
      const was = table.history(present.id).find(({ version }) => version === call.to);
      if (!was) return refused("not_found", `Version ${call.to} is not known any more.`);
      const { desired, schema, checkInSeconds } = was;
      return planChange(present, { desired, schema, checkInSeconds }, call);
    }
    case "delete":
      return { change: changeTo(null, present, call.author), answer: json(null) };
  }
}

function planCreation(configuration: Configuration, book: ConfigurationBook): Plan {
  const { kind, key, author } = configuration;
  if (book.at(configuration)) {
    return refused("conflict", `The ${kind} ${key} has a configuration of this shadow. Change that one.`);
  }
  if (book.all().length >= maxConfigurations) {
    return refused("quota_exceeded", `There are at most ${maxConfigurations} configurations. Delete one first.`);
  }
  return { change: changeTo(configuration, configuration, author), answer: json(configuration) };
}

/** What says nothing new makes no version and writes nothing. */
function planChange(
  present: Configuration,
  given: Partial<ConfigurationContent>,
  { author, now }: { author: string; now: number },
): Plan {
  const content = { ...present, ...given };
  if (isSame(content, present)) return { change: null, answer: json({ configuration: present, isAtVersion: true }) };
  const configuration = { ...content, version: present.version + 1, author, updatedAt: now };
  return { change: changeTo(configuration, present, author), answer: json({ configuration, isAtVersion: true }) };
}

function changeTo(
  configuration: Configuration | null,
  { id, kind, key, shadowName }: Configuration,
  author: string,
): Change {
  return { id, target: { kind, key, shadowName }, configuration, author };
}
