// A small house for looking at the console: a dozen devices, most of them connected, weeks of history, dashboards, rules, a shadow.
import { randomBytes } from "node:crypto";
import mqtt, { type MqttClient } from "mqtt";
import { Api } from "../api.ts";
import { dashboardWidgets, rules } from "./arrangements.ts";

interface Kind {
  name: string;
  model: string;
  tags: string[];
  firmware: string;
  /** Numbers with a history: middle of the day's swing, the swing, decimals, unit. */
  history: Record<string, { middle: number; swing: number; decimals: number; unit: string }>;
  texts?: Record<string, string>;
  isAway?: boolean;
  /** Describes itself, and says something new every other second. */
  announces?: (id: string) => Record<string, object>;
  isTalking?: boolean;
}

const degrees = (middle: number, swing: number) => ({ middle, swing, decimals: 1, unit: "°C" });
const percent = (middle: number, swing: number) => ({ middle, swing, decimals: 0, unit: "%" });
const climate = (temperature: number, humidity: number) => ({
  temperature: degrees(temperature, 1.6),
  humidity: percent(humidity, 6),
});

function lampEntities(id: string): Record<string, object> {
  const about = (name: string) => ({
    unique_id: name,
    stat_t: `devices/${id}/streams/${name}`,
    cmd_t: `devices/${id}/set/${name}`,
  });
  const light = {
    ...about("led"),
    name: "Light",
    pl_on: "on",
    pl_off: "off",
    bri_stat_t: `devices/${id}/streams/brightness`,
    bri_cmd_t: `devices/${id}/set/brightness`,
    bri_scl: 100,
  };
  return {
    "light/desk/config": light,
    "select/desk/config": { ...about("mode"), name: "Mode", options: ["reading", "evening", "film"] },
  };
}

const kinds: Kind[] = [
  {
    name: "Living room climate",
    model: "ESP32",
    tags: ["climate"],
    firmware: "2.4.1",
    history: climate(21, 46),
    isTalking: true,
  },
  { name: "Bedroom climate", model: "ESP32", tags: ["climate"], firmware: "2.4.1", history: climate(18.5, 52) },
  { name: "Bathroom climate", model: "ESP32", tags: ["climate"], firmware: "2.3.0", history: climate(22.5, 61) },
  {
    name: "Freezer",
    model: "ESP8266",
    tags: ["kitchen"],
    firmware: "1.9.2",
    history: { temperature: degrees(-18, 1.2) },
  },
  {
    name: "Desk lamp",
    model: "lamp-v2",
    tags: ["office"],
    firmware: "1.2.0",
    history: {},
    texts: { led: "on", brightness: "60", mode: "reading" },
    announces: lampEntities,
  },
  { name: "Hall light", model: "lamp-v2", tags: ["hall"], firmware: "1.2.0", history: {}, texts: { led: "off" } },
  {
    name: "Front door",
    model: "reed-1",
    tags: ["hall"],
    firmware: "0.8.4",
    history: { battery: percent(84, 1) },
    texts: { door: "closed" },
  },
  {
    name: "Heat pump",
    model: "HP-9",
    tags: ["cellar"],
    firmware: "5.1.7",
    history: { power: { middle: 900, swing: 500, decimals: 0, unit: "W" }, flow: degrees(34, 4) },
  },
  {
    name: "Solar inverter",
    model: "SUN-5",
    tags: ["roof"],
    firmware: "3.0.2",
    history: { power: { middle: 1600, swing: 1600, decimals: 0, unit: "W" } },
  },
  {
    name: "Garden soil",
    model: "ESP32-C3",
    tags: ["garden"],
    firmware: "1.0.5",
    history: { moisture: percent(38, 5) },
  },
  { name: "Greenhouse", model: "ESP32", tags: ["garden"], firmware: "2.2.0", history: climate(17, 70), isAway: true },
  {
    name: "Workshop router",
    model: "hAP ax",
    tags: ["network"],
    firmware: "7.16",
    history: { load: percent(12, 8) },
    isAway: true,
  },
];

const dayMs = 86_400_000;
const weeks = 3;

/** Finely for the last two days, hourly before; the afternoon is the top of the day's swing. */
function datapoints(kind: Kind["history"][string], now: number): { value: number; at: number }[] {
  const points: { value: number; at: number }[] = [];
  for (let at = now - weeks * 7 * dayMs; at <= now; at += at < now - 2 * dayMs ? 3_600_000 : 600_000) {
    const ofDay = Math.sin(((at % dayMs) / dayMs - 0.375) * 2 * Math.PI);
    const drift = 0.3 * Math.sin(at / (5 * dayMs)) + 0.1 * Math.sin(at / 1_700_000);
    points.push({ value: Number((kind.middle + kind.swing * (ofDay + drift)).toFixed(kind.decimals)), at });
  }
  return points;
}

export interface House {
  account: { email: string; password: string };
  /** By name. */
  devices: Map<string, string>;
  dashboardId: string;
  /** Of the dashboard that a neighbour shares. */
  shareId: string;
  /** Path and fragment of a link that anybody may open. */
  linkPath: string;
  ruleId: string;
  leave(): Promise<void>;
}

async function signUp(url: string, name: string): Promise<{ api: Api; email: string; password: string }> {
  const api = new Api(url);
  const account = {
    email: `${name.toLowerCase()}-${randomBytes(3).toString("hex")}@example.com`,
    password: randomBytes(12).toString("base64url"),
  };
  await api.signUp({ ...account, name });
  return { api, ...account };
}

/** Connects the device, publishes its history and present values; stays connected unless it is away. */
async function moveIn(api: Api, kind: Kind, clients: MqttClient[]): Promise<string> {
  const { name, model, tags } = kind;
  const { id } = await api.request<{ id: string }>("POST", "/v1/devices", { name, model, tags });
  const { mqttUrl, secret } = await api.issueCredential(id);
  const client = await mqtt.connectAsync(mqttUrl, { username: "device", password: secret });
  const publish = (stream: string, payload: string) =>
    client.publishAsync(`devices/${id}/streams/${stream}`, payload, { qos: 1 });
  const now = Date.now();
  for (const [stream, shape] of Object.entries(kind.history)) {
    await publish(stream, JSON.stringify(datapoints(shape, now)));
    await api.request("PATCH", `/v1/devices/${id}/streams/${stream}`, { unit: shape.unit });
  }
  for (const [stream, text] of Object.entries({ firmware: kind.firmware, ...kind.texts })) await publish(stream, text);
  if (kind.texts?.led) {
    // A lamp confirms what it is asked to do.
    client.on("message", (topic, payload) => void publish(topic.split("/").at(-1) ?? "", payload.toString()));
    await client.subscribeAsync(`devices/${id}/set/+`, { qos: 1 });
  }
  if (kind.announces) {
    await api.request("PATCH", `/v1/devices/${id}`, { grants: { publish: ["homeassistant/#"], subscribe: [] } });
    for (const [topic, what] of Object.entries(kind.announces(id))) {
      await client.publishAsync(`homeassistant/${topic}`, JSON.stringify(what), { qos: 1, retain: true });
    }
  }
  if (kind.isTalking) {
    const talking = setInterval(() => {
      for (const [stream, { middle, decimals }] of Object.entries(kind.history)) {
        void publish(stream, (middle + Math.sin(Date.now() / 60_000)).toFixed(decimals)).catch(() => undefined);
      }
    }, 2000);
    client.on("close", () => clearInterval(talking));
  }
  if (kind.isAway) await client.endAsync();
  else clients.push(client);
  return id;
}

export async function fillHouse(url: string): Promise<House> {
  const { api, ...account } = await signUp(url, "Ada");
  const neighbour = await signUp(url, "Grace");
  const clients: MqttClient[] = [];
  const devices = new Map<string, string>();
  for (const kind of kinds) devices.set(kind.name, await moveIn(api, kind, clients));
  const idOf = (name: string): string => devices.get(name) ?? "";

  const lampShadow = { desired: { brightness: 60, mode: "reading" }, reported: { brightness: 40, mode: "reading" } };
  await api.request("PATCH", `/v1/devices/${idOf("Desk lamp")}/shadow`, { state: lampShadow });
  const schema = { properties: { brightness: { type: "integer", minimum: 1, maximum: 100 } } };
  const lampModel = { kind: "model", key: "lamp-v2", desired: { fadeSeconds: 2, nightLight: true }, schema };
  await api.request("POST", "/v1/configurations", lampModel);
  await api.request("POST", "/v1/configurations", { kind: "tag", key: "climate", desired: { reportSeconds: 300 } });
  const widgets = dashboardWidgets(idOf);
  const home = await api.request<{ id: string }>("POST", "/v1/dashboards", { title: "Home", icon: "home", widgets });
  await api.request("POST", "/v1/dashboards", { title: "Energy", widgets: [] });
  const link = await api.request<{ url: string }>("POST", `/v1/dashboards/${home.id}/shares`, {
    kind: "link",
    label: "Kitchen tablet",
  });
  let ruleId = "";
  for (const rule of rules(idOf)) ruleId = (await api.request<{ id: string }>("POST", "/v1/rules", rule)).id;
  await api.request("POST", `/v1/rules/${ruleId}/test`, {});
  await api.createAppToken("Node-RED", 365);

  const text = { id: "hello", type: "text", text: "Key under the mat. Please water the tomatoes.", title: null };
  const theirs = await neighbour.api.request<{ id: string }>("POST", "/v1/dashboards", {
    title: "Garden next door",
    widgets: [text],
  });
  await neighbour.api.request("POST", `/v1/dashboards/${theirs.id}/shares`, {
    kind: "person",
    email: account.email,
    rights: "view",
  });
  const shared = await api.request<{ items: { id: string }[] }>("GET", "/v1/shared-dashboards");

  const linkUrl = new URL(link.url);
  return {
    account,
    devices,
    dashboardId: home.id,
    shareId: shared.items[0]?.id ?? "",
    linkPath: linkUrl.pathname + linkUrl.search + linkUrl.hash,
    ruleId,
    leave: async () => void (await Promise.all(clients.map((client) => client.endAsync(true)))),
  };
}
