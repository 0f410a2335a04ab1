// MQTT's wildcards.

/** Whether a topic filter matches a topic. */
export function matches(topicFilter: string, topic: string): boolean {
  const filter = topicFilter.split("/");
  const levels = topic.split("/");
  for (const [index, part] of filter.entries()) {
    if (part === "#") return !(index === 0 && topic.startsWith("$"));
    if (index >= levels.length || (part !== "+" && part !== levels[index])) return false;
  }
  return filter.length === levels.length;
}
