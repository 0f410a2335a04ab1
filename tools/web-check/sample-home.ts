// An account with one of everything, so that every page of the console has something to show.
import mqtt from "mqtt";
import { Api } from "../api.ts";

export interface SampleHome {
  email: string;
  password: string;
  /** Every page, by a name for the report. */
  pages: Record<string, string>;
  /** Ends its device's connection. */
  end(): Promise<void>;
}

export async function makeSampleHome(url: string): Promise<SampleHome> {
  const api = new Api(url);
  const account = { email: `${crypto.randomUUID()}@example.com`, password: crypto.randomUUID(), name: "Ada" };
  await api.signUp(account);
  const { id: deviceId } = await api.createDevice("Desk lamp");
  await api.request("PATCH", `/v1/devices/${deviceId}`, { tags: ["office"], model: "ESP32" });
  const { mqttUrl, secret } = await api.issueCredential(deviceId);
  const device = await mqtt.connectAsync(mqttUrl, { username: "lamp", password: secret, protocolVersion: 5 });
  const say = (topic: string, value: unknown): Promise<unknown> =>
    device.publishAsync(`devices/${deviceId}/${topic}`, String(value), { qos: 1 });
  const now = Date.now();
  const points = Array.from({ length: 60 }, (_, i) => ({ value: 20 + Math.sin(i / 8), at: now - (60 - i) * 60_000 }));
  await say("streams/temperature", JSON.stringify(points));
  await say("streams/led", "off");
  await say("streams/level", 40);
  await say("shadow/update", JSON.stringify({ state: { reported: { interval: 60 } } }));
  await api.request("PATCH", `/v1/devices/${deviceId}/shadow`, { state: { desired: { interval: 30 } } });

  await api.request("POST", "/v1/configurations", { kind: "tag", key: "office", desired: { quiet: true } });

  const of = (stream: string) => ({ deviceId, stream });
  const command = (set: string) => ({ deviceId, set });
  const widgets = [
    { id: "a", type: "switch", title: "LED", command: command("led"), on: "on", off: "off", state: of("led") },
    {
      id: "b",
      type: "slider",
      title: "Level",
      command: command("level"),
      state: of("level"),
      min: 0,
      max: 100,
      step: 1,
    },
    { id: "c", type: "button", title: "Blink", command: command("blink"), payload: "1" },
    { id: "d", type: "gauge", title: "Warmth", source: of("temperature"), min: 0, max: 40 },
    { id: "e", type: "value", title: "Now", source: of("temperature") },
    { id: "f", type: "chart", title: "Today", series: [{ source: of("temperature") }], range: "day" },
    { id: "g", type: "colour", title: "Colour", command: command("colour") },
    { id: "h", type: "text", text: "The lamp on the desk" },
  ];
  const dashboard = await api.request<{ id: string }>("POST", "/v1/dashboards", { title: "Office", widgets });
  const share = `/v1/dashboards/${dashboard.id}/shares`;
  const link = await api.request<{ url: string }>("POST", share, { kind: "link" });
  const rule = {
    name: "Too warm",
    trigger: { type: "stream", device: { deviceId }, stream: "temperature", is: "above", value: 25 },
    actions: [{ type: "set", name: "fan", payload: "on" }],
  };
  await api.request("POST", "/v1/rules", rule);

  const tabs = ["streams", "controls", "shadow", "feed", "access", "usage", "settings"];
  return {
    email: account.email,
    password: account.password,
    pages: {
      devices: "/devices",
      "add a device": "/devices/add",
      pair: "/pair",
      ...Object.fromEntries(tabs.map((tab) => [`device, ${tab}`, `/devices/${deviceId}/${tab}`])),
      configurations: "/configurations",
      dashboards: "/dashboards",
      dashboard: `/dashboards/${dashboard.id}`,
      "dashboard, arranged": `/dashboards/${dashboard.id}?edit`,
      "shared dashboard": new URL(link.url).pathname + new URL(link.url).hash,
      rules: "/rules",
      messages: "/messages",
      usage: "/usage",
      account: "/account",
      "no such page": "/nothing-here",
    },
    end: () => device.endAsync(true),
  };
}
