// What the people of the house have arranged: the widgets of their dashboard, and their rules.

type IdOf = (deviceName: string) => string;

export function dashboardWidgets(idOf: IdOf): object[] {
  const source = (name: string, stream: string) => ({ deviceId: idOf(name), stream });
  const lamp = (id: string, title: string, name: string, x: number) => ({
    id,
    type: "switch",
    title,
    command: { deviceId: idOf(name), set: "led" },
    state: source(name, "led"),
    on: "on",
    off: "off",
    place: { x, y: 0, w: 3, h: 1 },
  });
  const value = (
    id: string,
    title: string,
    name: string,
    unit: string,
    decimals: number,
    x: number,
    stream: string,
  ) => ({
    id,
    type: "value",
    title,
    source: source(name, stream),
    ...(unit !== "" && { unit }),
    decimals,
    place: { x, y: 0, w: 3, h: 1 },
  });
  const series = ["Living room", "Bedroom", "Bathroom"].map((label) => ({
    source: source(`${label} climate`, "temperature"),
    label,
  }));
  const power = [
    { source: source("Solar inverter", "power"), label: "Solar" },
    { source: source("Heat pump", "power"), label: "Heat pump" },
  ];
  return [
    lamp("desk", "Desk lamp", "Desk lamp", 0),
    lamp("hall", "Hall light", "Hall light", 3),
    value("freezer", "Freezer", "Freezer", "°C", 1, 6, "temperature"),
    value("door", "Front door", "Front door", "", 0, 9, "door"),
    { id: "rooms", type: "chart", title: "Rooms", series, range: "day", place: { x: 0, y: 1, w: 8, h: 3 } },
    {
      id: "humidity",
      type: "gauge",
      title: "Bathroom humidity",
      source: source("Bathroom climate", "humidity"),
      min: 0,
      max: 100,
      unit: "%",
      place: { x: 8, y: 1, w: 4, h: 3 },
    },
    { id: "power", type: "chart", title: "Power", series: power, range: "week", place: { x: 0, y: 4, w: 12, h: 3 } },
  ];
}

export function rules(idOf: IdOf): object[] {
  const mail = (text: string) => [{ type: "notify", channels: [{ kind: "email" }], text }];
  return [
    {
      name: "Freezer too warm",
      trigger: {
        type: "stream",
        device: { deviceId: idOf("Freezer") },
        stream: "temperature",
        is: "above",
        value: -10,
        hysteresis: 2,
      },
      actions: mail("{deviceName} has {value} °C"),
    },
    {
      name: "Something in the garden is away",
      trigger: { type: "offline", device: { tag: "garden" }, forSeconds: 3600 },
      actions: mail("{deviceName} has been away for an hour"),
    },
    {
      name: "Hall light in the evening",
      trigger: { type: "schedule", timeZone: "Europe/Berlin", when: { time: "18:30" } },
      actions: [{ type: "set", deviceId: idOf("Hall light"), name: "led", payload: "on" }],
    },
  ];
}
