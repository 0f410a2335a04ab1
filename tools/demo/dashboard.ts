// The dashboard that the demo's account finds in the console: the lamp's switch beside the thermometer's values.
import type { Api } from "../api.ts";

const title = "Demo";

/** The path of the dashboard in the console. One of an earlier run is left as the person arranged it. */
export async function openDemoDashboard(
  api: Api,
  lampId: string,
  thermometerId: string,
): Promise<{ path: string; isNew: boolean }> {
  const { items } = await api.request<{ items: { id: string; title: string }[] }>("GET", "/v1/dashboards");
  const known = items.find((dashboard) => dashboard.title === title);
  if (known) return { path: `/dashboards/${known.id}`, isNew: false };
  const temperature = { deviceId: thermometerId, stream: "temperature" };
  const { id } = await api.request<{ id: string }>("POST", "/v1/dashboards", {
    title,
    icon: "home",
    widgets: [
      {
        id: "led",
        type: "switch",
        title: "Lamp",
        command: { deviceId: lampId, set: "led" },
        state: { deviceId: lampId, stream: "led" },
        on: "on",
        off: "off",
        place: { x: 0, y: 0, w: 4, h: 1 },
      },
      {
        id: "temperature",
        type: "value",
        title: "Temperature",
        source: temperature,
        unit: "°C",
        decimals: 1,
        place: { x: 4, y: 0, w: 4, h: 1 },
      },
      {
        id: "humidity",
        type: "gauge",
        title: "Humidity",
        source: { deviceId: thermometerId, stream: "humidity" },
        min: 0,
        max: 100,
        unit: "%",
        place: { x: 8, y: 0, w: 4, h: 4 },
      },
      {
        id: "chart",
        type: "chart",
        title: "The last hour",
        series: [{ source: temperature, label: "Temperature" }],
        range: "hour",
        place: { x: 0, y: 1, w: 8, h: 3 },
      },
    ],
  });
  return { path: `/dashboards/${id}`, isNew: true };
}
