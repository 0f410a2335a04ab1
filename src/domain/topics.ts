// Topics and topic filters as MQTT defines them (MQTT 5.0 §4.7). Pure text, no knowledge of who may use which.

/** MQTT carries topics with a 16-bit length. */
const maxTopicBytes = 65_535;
const encoder = new TextEncoder();

function fits(text: string): boolean {
  if (text.length === 0 || text.length > maxTopicBytes || text.includes("\0")) return false;
  return text.length * 3 <= maxTopicBytes || encoder.encode(text).length <= maxTopicBytes;
}

/** Whether text may name a topic: not empty, no wildcard, no U+0000 [MQTT-3.3.2-2] [MQTT-4.7.3-2]. */
export function isTopic(text: string): boolean {
  return fits(text) && !text.includes("+") && !text.includes("#");
}

/** Whether text may be a topic filter: wildcards fill whole levels, `#` only the last one [MQTT-4.7.1-1] [MQTT-4.7.1-2]. */
export function isTopicFilter(text: string): boolean {
  if (!fits(text)) return false;
  if (!text.includes("+") && !text.includes("#")) return true;
  const levels = text.split("/");
  return levels.every((level, index) => {
    if (level === "+") return true;
    if (level === "#") return index === levels.length - 1;
    return !level.includes("+") && !level.includes("#");
  });
}

/**
 * Whether a topic falls under a filter. `#` also matches the level above it; a leading wildcard does not match topics
 * that begin with `$` [MQTT-4.7.2-1].
 */
export function matchesFilter(filter: string, topic: string): boolean {
  return covers(filter, topic);
}

/** Whether every topic that `inner` matches is also matched by `outer`; a topic is a filter without wildcards. */
export function covers(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  const wide = outer.split("/");
  const narrow = inner.split("/");
  if ((wide[0] === "#" || wide[0] === "+") && inner.startsWith("$")) return false;
  for (let i = 0; i < wide.length; i++) {
    const level = wide[i];
    if (level === "#") return true;
    if (i >= narrow.length) return false;
    const other = narrow[i];
    if (other === "#") return false;
    if (level !== "+" && level !== other) return false;
  }
  return wide.length === narrow.length;
}
