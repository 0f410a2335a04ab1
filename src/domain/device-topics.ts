// Topics that mean something beyond being passed on: those of one device, and AWS's names for its shadow.

export interface DeviceTopic {
  deviceId: string;
  /** What stands after `devices/{id}/` or `$aws/things/{id}/`, such as `streams/temperature` or `shadow/update`. */
  path: string;
  /** Everything before `path`, with its slash: answers go to topics that begin alike. */
  prefix: string;
}

const prefixes = ["devices/", "$aws/things/"];

/** Null for a topic that is not below a device. */
export function deviceTopicOf(topic: string): DeviceTopic | null {
  const prefix = prefixes.find((each) => topic.startsWith(each));
  if (prefix === undefined) return null;
  const idEnds = topic.indexOf("/", prefix.length);
  if (idEnds <= prefix.length) return null;
  const path = topic.slice(idEnds + 1);
  if (prefix === "$aws/things/" && !path.startsWith("shadow/")) return null;
  return { deviceId: topic.slice(prefix.length, idEnds), path, prefix: topic.slice(0, idEnds + 1) };
}
