// Who may publish and subscribe what inside one user's namespace. The hub asks this for every PUBLISH and SUBSCRIBE,
// the API for every message it publishes.
import { covers } from "./topics.ts";

/** Topic filters the owner gives a device beyond its own topics. */
export interface Grants {
  publish: string[];
  subscribe: string[];
}

/** Whose connection or request it is: one device, or an app acting for the user. */
export type Subject = { kind: "device"; id: string; grants: Grants } | { kind: "app"; id: string };

export const noGrants: Grants = { publish: [], subscribe: [] };

/** What the hub alone says about a device, below `devices/{id}/`. */
const hubTopics = ["presence", "feed", "firmware/offer"];
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
  if (subject.kind === "app") return true;
  if (topic.startsWith("devices/") && topic.startsWith(`${subject.id}/`, 8)) return true;
  return [...ownFilters(subject.id), ...subject.grants.publish].some((filter) => covers(filter, topic));
}

/** Whether the subject may subscribe to a (valid) topic filter; everything the filter can match must be allowed. */
export function maySubscribe(subject: Subject, topicFilter: string): boolean {
  if (isForeignDollarTopic(topicFilter)) return false;
  if (subject.kind === "app") return true;
  return [...ownFilters(subject.id), ...subject.grants.subscribe].some((filter) => covers(filter, topicFilter));
}
