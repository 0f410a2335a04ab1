// Reads the fields of one entity's announcement, after its keys are full and its topics resolved, and makes controls of them.
import { isTopic, isTopicFilter } from "../topics.ts";
import type { Config } from "./abbreviations.ts";
import type { CommandSink, Control, ControlType, StateSource } from "./entity.ts";
import { renderOnce } from "./template.ts";

export class ConfigReader {
  readonly problems: string[] = [];
  readonly config: Config;
  constructor(config: Config) {
    this.config = config;
  }

  has(key: string): boolean {
    return this.config[key] !== undefined && this.config[key] !== null;
  }

  text(key: string): string | null {
    const value = this.config[key];
    if (typeof value === "string") return value;
    return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
  }

  /** A payload, which some write as a boolean or a number. */
  payload(key: string, otherwise: string): string {
    return this.text(key) ?? otherwise;
  }

  number(key: string, otherwise: number | null = null): number | null {
    const value = this.config[key];
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
    return typeof number === "number" && Number.isFinite(number) ? number : otherwise;
  }

  texts(key: string): string[] | null {
    const value = this.config[key];
    return Array.isArray(value) ? value.filter((each) => typeof each === "string").slice(0, maxOptions) : null;
  }

  #topic(key: string, isValid: (text: string) => boolean): string | null {
    const topic = this.text(key);
    if (topic === null || topic === "") return null;
    if (isValid(topic)) return topic;
    this.problems.push(`\`${key}\` is no topic: ${topic.slice(0, 80)}`);
    return null;
  }

  /** Where a state is read; null: the announcement names no topic. */
  source(
    topicKey: string,
    templateKey: string | null,
    payloads: Record<string, string> | null = null,
  ): StateSource | null {
    const topic = this.#topic(topicKey, isTopicFilter);
    return topic === null ? null : { topic, template: templateKey && this.text(templateKey), payloads, field: null };
  }

  sink(
    topicKey: string,
    templateKey: string | null,
    payloads: Record<string, string> | null = null,
  ): CommandSink | null {
    const topic = this.#topic(topicKey, isTopic);
    if (topic === null) return null;
    const template = payloads ? null : templateKey && this.text(templateKey);
    const pattern = payloads ? null : template === null ? "$value" : patternOf(template);
    const qos = this.number("qos");
    const isRetained = this.config["retain"] === true;
    return {
      topic,
      qos: qos === 1 || qos === 2 ? qos : 0,
      retain: isRetained,
      payloads,
      pattern,
      template: pattern === null ? template : null,
    };
  }
}

const maxOptions = 200;

/** What a template that only sets the value into a text comes to; null: it does more. */
function patternOf(template: string): string | null {
  const pattern = template.replace(
    /\{\{-?\s*(?:value|position|tilt_position)\s*(?:\|\s*(?:int|float)\s*)?-?\}\}/g,
    "$$value",
  );
  return /\{[{%#]/.test(pattern) ? null : pattern;
}

type Given = Partial<Control> & { name: string; type: ControlType };

/** A control, unless the announcement has no topic for it. */
export function control(given: Given): Control[] {
  if (!given.state && !given.command) return [];
  const nothing = {
    unit: null,
    min: null,
    max: null,
    step: null,
    options: null,
    format: null,
    state: null,
    command: null,
  };
  return [{ ...nothing, ...given }];
}

/** A command whose template needs no value. */
export function fixedPayload(template: string | null): string | null {
  return template === null ? null : renderOnce(template, {});
}
