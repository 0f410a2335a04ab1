// Reads one announcement: a single component's, or a whole device's with many. What cannot be read is said in words.
import { type Config, resolve, withBase, withFullKeys } from "./abbreviations.ts";
import { ConfigReader } from "./config-reader.ts";
import type { AnnouncedDevice, Announcement, Availability, Entity } from "./entity.ts";
import { light } from "./light-entities.ts";
import { climate, cover, fan } from "./moving-entities.ts";
import { type ControlsOf, simpleComponents } from "./simple-entities.ts";
import { type AnnouncementTopic, entityIdOf } from "./topic.ts";

/** Of one announcement. */
export const maxEntities = 200;
const maxNameLength = 100;
const maxRawLength = 4096;

const components: Record<string, ControlsOf> = { ...simpleComponents, light, cover, fan, climate };
/** Known to Home Assistant, and nothing that a page shows. */
const ignored = ["device_automation", "tag"];

/** Throws SyntaxError when the text is no JSON. */
export function readAnnouncement(topic: AnnouncementTopic, text: string): Announcement {
  const json = JSON.parse(text) as unknown;
  const names = [topic.nodeId, topic.objectId];
  if (!isObject(json)) return empty(topic, "The announcement is no JSON object.");
  const config = withBase(withFullKeys(json, "component"));
  const device = deviceOf(config, topic);
  if (topic.component !== "device") {
    const entities = entityOf(topic.component, names, config);
    return { device, entities, problems: [] };
  }
  if (json["migrate_discovery"] === true) return { device, entities: [], problems: [] };
  if (!isObject(config["components"])) return empty(topic, "The announcement of a device has no `components`.");
  const { components: all, device: _, origin: __, ...common } = config;
  const members = Object.entries(all as Config);
  const problems =
    members.length > maxEntities ? [`Of ${members.length} components the first ${maxEntities} are read.`] : [];
  const entities = members.slice(0, maxEntities).flatMap(([key, member]) => {
    if (!isObject(member)) return [];
    const own = withFullKeys(member, "component");
    // With a platform alone a component is taken back.
    if (Object.keys(own).length <= 1) return [];
    const platform = own["platform"];
    if (typeof platform === "string") return entityOf(platform, [...names, key], withBase({ ...common, ...own }));
    problems.push(`The component \`${key}\` has no \`platform\`.`);
    return [];
  });
  return { device, entities, problems };
}

function empty(topic: AnnouncementTopic, problem: string): Announcement {
  return { device: deviceOf({}, topic), entities: [], problems: [problem] };
}

function isObject(json: unknown): json is Config {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function textOf(value: unknown): string | null {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value.slice(0, 200) : null;
}

function firstOf(value: unknown): string | null {
  return Array.isArray(value) ? firstOf(value[0]) : textOf(value);
}

function deviceOf(config: Config, { nodeId, objectId }: AnnouncementTopic): AnnouncedDevice {
  const given = isObject(config["device"]) ? withFullKeys(config["device"], "device") : {};
  const origin = isObject(config["origin"]) ? withFullKeys(config["origin"], "origin") : null;
  const [connection] = Array.isArray(given["connections"]) ? (given["connections"] as unknown[]) : [];
  const connectionId = Array.isArray(connection) ? textOf(connection[1]) : null;
  const key = firstOf(given["identifiers"]) ?? connectionId ?? nodeId ?? objectId;
  return {
    key,
    name: textOf(given["name"]) ?? textOf(config["device"] ? null : config["name"]) ?? key,
    manufacturer: textOf(given["manufacturer"]),
    model: textOf(given["model"]),
    firmware: textOf(given["sw_version"]),
    hardware: textOf(given["hw_version"]),
    serialNumber: textOf(given["serial_number"]),
    area: textOf(given["suggested_area"]),
    url: textOf(given["configuration_url"]),
    via: textOf(given["via_device"]),
    origin: origin && {
      name: textOf(origin["name"]) ?? "",
      version: textOf(origin["sw_version"]),
      url: textOf(origin["support_url"]),
    },
  };
}

/** None for what is nothing to show. */
function entityOf(component: string, names: (string | null)[], config: Config): Entity[] {
  if (ignored.includes(component)) return [];
  const reader = new ConfigReader(config);
  const known = Object.hasOwn(components, component) ? components[component] : undefined;
  const controlsOf = known ?? (simpleComponents["sensor"] as ControlsOf);
  const controls = controlsOf(reader);
  if (known && controls.length === 0) reader.problems.push("It names no topic that could be read or written.");
  const isShort = known === undefined && JSON.stringify(config).length <= maxRawLength;
  if (known === undefined && !isShort) reader.problems.push("It is longer than what is shown of unknown components.");
  return [
    {
      id: entityIdOf(component, ...names),
      names,
      kind: known ? component : "raw",
      component,
      name: nameOf(component, names, config),
      icon: reader.text("icon"),
      deviceClass: reader.text("device_class"),
      stateClass: reader.text("state_class"),
      category: reader.text("entity_category"),
      enabled: config["enabled_by_default"] !== false,
      availability: availabilityOf(reader, config),
      controls,
      config: isShort ? config : null,
      problems: reader.problems,
    },
  ];
}

/** An entity without a name is called after its device class, or is the device's main one. */
function nameOf(component: string, names: (string | null)[], config: Config): string {
  const name = textOf(config["name"]) ?? textOf(config["device_class"])?.replaceAll("_", " ");
  return (name ?? (config["name"] === null ? component : (names.at(-1) ?? component))).slice(0, maxNameLength);
}

function availabilityOf(reader: ConfigReader, config: Config): Availability | null {
  const base = typeof config["~"] === "string" ? config["~"] : null;
  const one = reader.text("availability_topic");
  const several = [config["availability"]].flat().filter(isObject);
  const listed = several.map((each) => new ConfigReader(withFullKeys(each, "component")));
  const topics = listed.flatMap((each) => {
    const topic = each.text("topic");
    return topic === null ? [] : [topicOf(each, base === null ? topic : resolve(topic, base), "value_template")];
  });
  if (one !== null) topics.push(topicOf(reader, one, "availability_template"));
  if (topics.length === 0) return null;
  const mode = reader.text("availability_mode");
  return { mode: mode === "all" || mode === "any" ? mode : "latest", topics: topics.slice(0, 10) };
}

function topicOf(reader: ConfigReader, topic: string, templateKey: string): Availability["topics"][number] {
  const available = reader.payload("payload_available", "online");
  const notAvailable = reader.payload("payload_not_available", "offline");
  return { topic, template: reader.text(templateKey), available, notAvailable };
}
