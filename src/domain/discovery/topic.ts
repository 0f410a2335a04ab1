// Where announcements of Home Assistant's MQTT discovery are published.

export interface AnnouncementTopic {
  /** `sensor`, `light`, …, or `device` for a whole device. */
  component: string;
  nodeId: string | null;
  objectId: string;
}

export const discoveryPrefix = "homeassistant/";
const form = /^homeassistant\/([^/]+)\/(?:([^/]+)\/)?([^/]+)\/config$/;

/** `homeassistant/<component>/[<node>/]<object>/config`; null: another topic. */
export function readAnnouncementTopic(topic: string): AnnouncementTopic | null {
  if (!topic.startsWith(discoveryPrefix)) return null;
  const [, component, nodeId, objectId] = form.exec(topic) ?? [];
  if (component === undefined || objectId === undefined) return null;
  return { component, nodeId: nodeId ?? null, objectId };
}

/** Of an entity, unique in a hub: `sensor.lamp.power`. It may stand in a URL. */
export function entityIdOf(component: string, ...names: (string | null)[]): string {
  return [component, ...names.filter((name) => name !== null)].map(slug).join(".");
}

const maxStreamName = 64;

/**
 * The stream of what an entity shows: `lamp.power` of a sensor, `lamp.main.switch` of anything else. Longer names are cut
 * and end with a checksum.
 */
export function streamNameOf(component: string, names: (string | null)[], control: string): string {
  const parts = names.filter((name) => name !== null).map(slug);
  const name = (component === "sensor" ? parts : [...parts, control]).join(".");
  return name.length <= maxStreamName ? name : `${name.slice(0, maxStreamName - 9)}-${checksum(name)}`;
}

function slug(text: string): string {
  return text.replace(/[^A-Za-z0-9_-]/g, "-");
}

/** FNV-1a, as eight hexadecimal digits. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
