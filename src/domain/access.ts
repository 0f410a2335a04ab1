// Who may publish and subscribe what inside one user's namespace. The hub asks this for every PUBLISH and SUBSCRIBE,
// the API for every message it publishes.
import { covers } from "./topics.ts";

/** Topic filters: those a device has beyond its own topics, or all that a restricted app has. */
export interface Grants {
  publish: string[];
  subscribe: string[];
}

/** Whose connection or request it is: one device, or an app acting for the user; without grants an app may do everything. */
export type Subject =
  | { kind: "device"; id: string; grants: Grants }
  | { kind: "app"; id: string; grants: Grants | null };

export const noGrants: Grants = { publish: [], subscribe: [] };

/**
 * An app by what its hub has listed of it. Somebody a dashboard is shared with has only what was granted, be it nothing; an app
 * token is restricted if anything was granted to it at all.
 */
export function appSubject(id: string, listed: Grants | null): Subject {
  if (id.startsWith("shr_")) return { kind: "app", id, grants: listed ?? noGrants };
  const isRestricted = listed !== null && listed.publish.length + listed.subscribe.length > 0;
  return { kind: "app", id, grants: isRestricted ? listed : null };
}

/** What the hub alone says about a device, below `devices/{id}/`. */
const hubTopics = ["presence", "feed", "entities", "firmware/offer"];
/** What the hub alone answers below a shadow, classic or named. */
const shadowAnswers =
  /\/shadow\/(?:name\/[^/]+\/)?(?:(?:get|update|delete)\/(?:accepted|rejected)|update\/(?:delta|documents))$/;

/** Whether a topic is written by the hub and by nobody else. */
export function isHubTopic(topic: string): boolean {
  if (topic.startsWith("devices/")) {
    const afterId = topic.indexOf("/", 8);
    if (afterId < 0) return false;
    const rest = topic.slice(afterId + 1);
    return hubTopics.includes(rest) || shadowAnswers.test(topic);
  }
  return topic.startsWith("$aws/things/") && shadowAnswers.test(topic);
}

/** The subtrees every device may use: its own topics, its AWS-style shadow, and what all devices share. */
function ownFilters(deviceId: string): string[] {
  return [`devices/${deviceId}/#`, `$aws/things/${deviceId}/shadow/#`, "shared/#"];
}

/** `$`-topics belong to servers (MQTT 5.0 §4.7.2); of these only AWS-style shadows exist here. */
function isForeignDollarTopic(text: string): boolean {
  return text.startsWith("$") && !text.startsWith("$aws/things/");
}

/** Whether the subject may publish to a (valid) topic. */
export function mayPublish(subject: Subject, topic: string): boolean {
  if (isForeignDollarTopic(topic) || isHubTopic(topic)) return false;
  if (subject.kind === "app") return subject.grants === null || isCovered(subject.grants.publish, topic);
  if (topic.startsWith("devices/") && topic.startsWith(`${subject.id}/`, 8)) return true;
  return isCovered([...ownFilters(subject.id), ...subject.grants.publish], topic);
}

/** Whether the subject may subscribe to a (valid) topic filter; everything the filter can match must be allowed. */
export function maySubscribe(subject: Subject, topicFilter: string): boolean {
  if (isForeignDollarTopic(topicFilter)) return false;
  if (subject.kind === "app") return subject.grants === null || isCovered(subject.grants.subscribe, topicFilter);
  return isCovered([...ownFilters(subject.id), ...subject.grants.subscribe], topicFilter);
}

function isCovered(filters: readonly string[], inner: string): boolean {
  return filters.some((filter) => covers(filter, inner));
}
