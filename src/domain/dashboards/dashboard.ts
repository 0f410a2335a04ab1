// What a dashboard shows and does, and what that needs of the hub: exactly this is granted to whom it is shared with.
import type { Grants } from "../access.ts";

/** A stream of a device. */
export interface StreamRef {
  deviceId: string;
  stream: string;
}

/** Where a value comes from: a stream, or any other topic. */
export type Source = StreamRef | { topic: string };
/** Where a value is sent: what an app asks a device to change, or any other topic. */
export type Command = { deviceId: string; set: string } | { topic: string };

interface Common {
  id: string;
  title?: string | null | undefined;
  /** On a wide screen, in columns and rows; a narrow one shows the widgets one below the other. */
  place?: { x: number; y: number; w: number; h: number } | undefined;
}

/** `state`: where what the control sent is confirmed. `template`: what is sent, with `{value}` in it. */
export type Widget = Common &
  (
    | { type: "button"; command: Command; payload: string }
    | { type: "switch"; command: Command; on: string; off: string; state?: Source | undefined }
    | {
        type: "slider";
        command: Command;
        min: number;
        max: number;
        step: number;
        unit?: string | undefined;
        template?: string | undefined;
        state?: Source | undefined;
      }
    | { type: "colour"; command: Command; template?: string | undefined; state?: Source | undefined }
    | { type: "gauge"; source: Source; min: number; max: number; unit?: string | undefined }
    | { type: "value"; source: Source; unit?: string | undefined; decimals?: number | undefined }
    | { type: "chart"; series: { source: StreamRef; label?: string | undefined }[]; range: ChartRange }
    | { type: "text"; text: string }
    | { type: "map"; points: { latitude: Source; longitude: Source; label?: string | undefined }[] }
    | { type: "camera"; url?: string | undefined; source?: Source | undefined; refreshSeconds?: number | undefined }
  );

export const chartRanges = ["hour", "day", "week", "month", "year"] as const;
export type ChartRange = (typeof chartRanges)[number];

/** What somebody a dashboard is shared with may do with it. */
export type Rights = "view" | "control";

export const maxWidgets = 100;
/** Of the widgets as JSON. */
export const maxWidgetsLength = 65_536;
/** Of one person; one statement sorts them, and a statement has at most 100 parameters. */
export const maxDashboards = 80;
export const maxSharesOfDashboard = 50;

export function streamTopic({ deviceId, stream }: StreamRef): string {
  return `devices/${deviceId}/streams/${stream}`;
}

function sourceTopic(source: Source): string {
  return "topic" in source ? source.topic : streamTopic(source);
}

function commandTopic(command: Command): string {
  return "topic" in command ? command.topic : `devices/${command.deviceId}/set/${command.set}`;
}

function sourcesOf(widget: Widget): Source[] {
  switch (widget.type) {
    case "gauge":
    case "value":
      return [widget.source];
    case "switch":
    case "slider":
    case "colour":
      return widget.state ? [widget.state] : [];
    case "chart":
      return widget.series.map(({ source }) => source);
    case "map":
      return widget.points.flatMap(({ latitude, longitude }) => [latitude, longitude]);
    case "camera":
      return widget.source ? [widget.source] : [];
    case "button":
    case "text":
      return [];
  }
}

/** Everything the widgets read and send, and whether the devices they name are there. */
export function grantsOf(widgets: readonly Widget[]): Grants {
  const publish = new Set<string>();
  const subscribe = new Set<string>();
  for (const widget of widgets) {
    const sources = sourcesOf(widget);
    for (const source of sources) subscribe.add(sourceTopic(source));
    if ("command" in widget) publish.add(commandTopic(widget.command));
    for (const bound of "command" in widget ? [...sources, widget.command] : sources) {
      if ("deviceId" in bound) subscribe.add(`devices/${bound.deviceId}/presence`);
    }
  }
  return { publish: [...publish].toSorted(), subscribe: [...subscribe].toSorted() };
}

/** What a share has of that. */
export function grantsFor(rights: Rights, { publish, subscribe }: Grants): Grants {
  return { publish: rights === "control" ? publish : [], subscribe };
}
