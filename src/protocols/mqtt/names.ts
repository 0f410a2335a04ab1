// What topics, filters, client ids and user names must look like beyond being text. Whether they are allowed is up to the
// broker.
import { isTopic, isTopicFilter } from "../../domain/topics.ts";
import { malformed, protocolError } from "./mqtt-error.ts";

/** Control characters and non-characters, which a receiver may refuse (§1.5.4); names and logs are better off without. */
const disallowed = /[\p{Cc}\p{Noncharacter_Code_Point}]/u;

const sharePrefix = "$share/";

/** Whether a name holds a code point that MQTT advises against. */
export function hasDisallowed(name: string): boolean {
  return disallowed.test(name);
}

/** 0x81 for an empty topic, one with wildcards [MQTT-3.3.2-2] and one with control characters. */
export function checkTopic(topic: string): void {
  if (!isTopic(topic)) throw malformed("A topic is not empty and has no wildcards.");
  if (hasDisallowed(topic)) throw malformed("A topic has no control characters.");
}

/** 0x81 for an empty filter, misplaced wildcards [MQTT-4.7.1-1] [MQTT-4.7.1-2] and control characters. */
export function checkTopicFilter(filter: string): void {
  if (!isTopicFilter(filter)) throw malformed("A topic filter is not empty and has wildcards as whole levels alone.");
  if (hasDisallowed(filter)) throw malformed("A topic filter has no control characters.");
}

/** MQTT 5 alone: 0x82 for `$share/` without a name and a filter behind it [MQTT-4.8.2-1] [MQTT-4.8.2-2], or with no-local
 * [MQTT-3.8.3-4]. Anything else is not a shared subscription and passes. */
export function checkShare(filter: string, noLocal: boolean): void {
  if (!filter.startsWith(sharePrefix)) return;
  const nameEnd = filter.indexOf("/", sharePrefix.length);
  const name = filter.slice(sharePrefix.length, nameEnd === -1 ? undefined : nameEnd);
  if (name === "" || name.includes("+") || name.includes("#")) {
    throw protocolError("A shared subscription has a name without wildcards.");
  }
  if (nameEnd === -1 || nameEnd === filter.length - 1) throw protocolError("A shared subscription has a topic filter.");
  if (noLocal) throw protocolError("A shared subscription asks for no-local.");
}
