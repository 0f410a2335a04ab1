// What a dashboard is made of, and how a new part of one begins.
import type { Schemas } from "../api/client.ts";

export type Dashboard = Schemas["Dashboard"];
export type Widget = Dashboard["widgets"][number];
export type WidgetType = Widget["type"];
export type WidgetOf<Type extends WidgetType> = Extract<Widget, { type: Type }>;
export type Source = Schemas["WidgetSource"];
export type Command = Schemas["WidgetCommand"];

export const widgetTypes = [
  "button",
  "switch",
  "slider",
  "colour",
  "gauge",
  "value",
  "chart",
  "text",
  "map",
  "camera",
] as const satisfies WidgetType[];

/** Columns of twelve, and rows. */
const sizes: Record<WidgetType, { w: number; h: number }> = {
  button: { w: 3, h: 1 },
  switch: { w: 3, h: 1 },
  slider: { w: 4, h: 1 },
  colour: { w: 3, h: 1 },
  gauge: { w: 3, h: 2 },
  value: { w: 3, h: 1 },
  chart: { w: 6, h: 3 },
  text: { w: 6, h: 1 },
  map: { w: 6, h: 3 },
  camera: { w: 6, h: 3 },
};

export function newWidget(type: WidgetType, deviceId: string): Widget {
  const common = { id: crypto.randomUUID().slice(0, 8), title: null, place: { x: 0, y: 0, ...sizes[type] } };
  const command = { deviceId, set: "" };
  const source = { deviceId, stream: "" };
  switch (type) {
    case "button":
      return { ...common, type, command, payload: "on" };
    case "switch":
      return { ...common, type, command, on: "on", off: "off" };
    case "slider":
      return { ...common, type, command, min: 0, max: 100, step: 1 };
    case "colour":
      return { ...common, type, command };
    case "gauge":
      return { ...common, type, source, min: 0, max: 100 };
    case "value":
      return { ...common, type, source };
    case "chart":
      return { ...common, type, series: [{ source }], range: "day" };
    case "text":
      return { ...common, type, text: "" };
    case "map":
      return {
        ...common,
        type,
        points: [{ latitude: { deviceId, stream: "latitude" }, longitude: { deviceId, stream: "longitude" } }],
      };
    case "camera":
      return { ...common, type, url: "", refreshSeconds: 10 };
  }
}

const columns = 12;

/** Puts widgets one after the other into rows of twelve columns, in their order. */
export function arranged(widgets: readonly Widget[]): Widget[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return widgets.map((widget) => {
    const { w, h } = widget.place ?? sizes[widget.type];
    if (x + w > columns) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const place = { x, y, w, h };
    x += w;
    rowHeight = Math.max(rowHeight, h);
    return { ...widget, place };
  });
}

/** On a phone: which of them are small and stand two in a row. */
export function pairedOnPhone(widgets: readonly Widget[]): Set<string> {
  const isSmall = ({ place, type }: Widget): boolean => (place?.w ?? sizes[type].w) <= 3;
  const paired = new Set<string>();
  for (let i = 0; i + 1 < widgets.length; i++) {
    const [left, right] = [widgets[i], widgets[i + 1]];
    if (!left || !right || !isSmall(left) || !isSmall(right)) continue;
    paired.add(left.id).add(right.id);
    i++;
  }
  return paired;
}

export function sourceTopic(source: Source): string {
  return "topic" in source ? source.topic : `devices/${source.deviceId}/streams/${source.stream}`;
}

export function commandTopic(command: Command): string {
  return "topic" in command ? command.topic : `devices/${command.deviceId}/set/${command.set}`;
}
