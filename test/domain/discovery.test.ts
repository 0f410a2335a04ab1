// Announcements that firmwares publish: every recording is read into controls, its states into values, its commands written.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Control, Entity } from "../../src/domain/discovery/entity.ts";
import { ownAnnouncement, ownAnnouncementTopic } from "../../src/domain/discovery/own-device.ts";
import { readAnnouncement } from "../../src/domain/discovery/read-announcement.ts";
import { commandOf, inputOf, Reader, readValue } from "../../src/domain/discovery/reading.ts";
import { compileTemplate } from "../../src/domain/discovery/template.ts";
import { entityIdOf, readAnnouncementTopic, streamNameOf } from "../../src/domain/discovery/topic.ts";
import type { StreamValue } from "../../src/domain/streams/values.ts";
import { matchesFilter } from "../../src/domain/topics.ts";

interface Recording {
  source: string;
  /** A payload that is a text is published as it is. */
  messages: { topic: string; payload: unknown }[];
  /** `expect`: entity and control to what the state says of it. */
  states: { topic: string; payload: string; expect: Record<string, StreamValue> }[];
  commands: { control: string; value: StreamValue | null; payload: string; topic?: string }[];
}

const folder = join(import.meta.dirname, "../recordings/discovery");
const recordings = readdirSync(folder).map((file): [string, Recording] => {
  return [file, JSON.parse(readFileSync(join(folder, file), "utf8")) as Recording];
});

function read(topic: string, payload: unknown) {
  const place = readAnnouncementTopic(topic);
  if (!place) throw new Error(`${topic} is no topic of an announcement`);
  return readAnnouncement(place, typeof payload === "string" ? payload : JSON.stringify(payload));
}

function entitiesOf({ messages }: Recording): Entity[] {
  return messages
    .filter(({ payload }) => payload !== "")
    .flatMap(({ topic, payload }) => read(topic, payload).entities);
}

function controlsOf(recording: Recording): Map<string, Control> {
  const all = entitiesOf(recording).flatMap(({ id, controls }) =>
    controls.map((each) => [`${id}/${each.name}`, each] as const),
  );
  return new Map(all);
}

function valueOf(control: Control, payload: string): StreamValue | null {
  const input = inputOf(new TextEncoder().encode(payload));
  return control.state && input ? readValue(control, new Reader(control.state), input) : null;
}

describe.each(recordings)("%s", (_, recording) => {
  it("is read without a problem, every template included", () => {
    for (const { topic, payload } of recording.messages) {
      if (payload === "") continue;
      const { problems, entities } = read(topic, payload);
      expect(problems).toEqual([]);
      expect(entities.flatMap((entity) => entity.problems)).toEqual([]);
      for (const { controls } of entities)
        for (const { state } of controls) if (state) expect(new Reader(state).problem).toBeNull();
    }
  });

  it.each(recording.states)("says at $topic $payload", ({ topic, payload, expect: expected }) => {
    const said: Record<string, StreamValue> = {};
    for (const [name, control] of controlsOf(recording)) {
      if (!control.state || !matchesFilter(control.state.topic, topic)) continue;
      const value = valueOf(control, payload);
      if (value !== null) said[name] = value;
    }
    expect(said).toEqual(expected);
  });

  it.each(recording.commands)("sets $control to $value", ({ control: name, value, payload, topic }) => {
    const control = controlsOf(recording).get(name) as Control;
    expect(commandOf(control, value)).toEqual({ payload });
    if (topic !== undefined) expect(control.command?.topic).toBe(topic);
  });
});

describe("a device", () => {
  it("is called by what the announcement says of it", () => {
    const { device } = read("homeassistant/sensor/x/config", {
      dev: {
        ids: [["z2m", "1"]],
        name: "Lamp",
        mf: "A",
        mdl: "B",
        sw: "1",
        hw: "2",
        sn: "3",
        sa: "Hall",
        via_device: "b",
      },
      o: { name: "bridge", sw: "2.0", url: "https://example.com" },
      stat_t: "a",
    });
    expect(device).toEqual({
      key: "z2m",
      name: "Lamp",
      manufacturer: "A",
      model: "B",
      firmware: "1",
      hardware: "2",
      serialNumber: "3",
      area: "Hall",
      url: null,
      via: "b",
      origin: { name: "bridge", version: "2.0", url: "https://example.com" },
    });
    expect(read("homeassistant/sensor/node/x/config", { stat_t: "a", name: "X" }).device).toMatchObject({
      key: "node",
    });
  });

  it("takes a component back by naming its platform alone, and says what it cannot read", () => {
    const cmps = {
      gone: { p: "sensor" },
      odd: { stat_t: "a", name: "x" },
      vacuum: { p: "vacuum", stat_t: "v", name: "V" },
    };
    const { entities, problems } = read("homeassistant/device/d/config", { cmps });
    expect(problems).toEqual(["The component `odd` has no `platform`."]);
    expect(entities).toMatchObject([{ id: "vacuum.d.vacuum", kind: "raw", config: { state_topic: "v" } }]);
  });

  it.each([
    ["null", "The announcement is no JSON object."],
    ["[]", "The announcement is no JSON object."],
    ['{"cmps":3}', "The announcement of a device has no `components`."],
  ])("announced as %s has no entities", (payload, problem) => {
    expect(read("homeassistant/device/d/config", payload)).toMatchObject({ entities: [], problems: [problem] });
  });

  it("announced in no JSON throws, for whoever keeps the announcement says so", () => {
    expect(() => read("homeassistant/sensor/d/config", "{")).toThrow(SyntaxError);
  });

  it("may have topics that are none: they are left out, and said", () => {
    const [entity] = read("homeassistant/switch/d/config", { cmd_t: "a/#", stat_t: "a/#/b" }).entities;
    expect(entity).toMatchObject({ controls: [] });
    expect(entity?.problems).toHaveLength(3);
  });
});

describe("a value that does not fit", () => {
  const [entity] = read("homeassistant/number/n/config", { cmd_t: "c", min: 0, max: 10 }).entities;
  const control = entity?.controls[0] as Control;
  it.each([11, -1, "5", true, null])("is refused: %s", (value) => {
    expect(commandOf(control, value)).toHaveProperty("refused");
  });
  it("of a light in three numbers is written into its pattern", () => {
    const [light] = read("homeassistant/light/l/config", {
      schema: "json",
      supported_color_modes: ["rgb"],
      cmd_t: "c",
      stat_t: "s",
    }).entities;
    const color = light?.controls.find(({ name }) => name === "color") as Control;
    expect(commandOf(color, "255,0,10")).toEqual({ payload: '{"state":"ON","color":{"r":255,"g":0,"b":10}}' });
    expect(commandOf(color, "255,0")).toHaveProperty("refused");
    expect(valueOf(color, '{"color":{"r":1,"g":2,"b":3}}')).toBe("1,2,3");
    expect(valueOf(color, '{"state":"ON"}')).toBeNull();
  });
});

describe("a template", () => {
  const evaluate = (template: string, text: string): string | null => {
    const compiled = compileTemplate(template);
    if (!compiled.ok) throw new Error(compiled.problem);
    return compiled.template(inputOf(new TextEncoder().encode(text)) as never);
  };
  it.each([
    ["{{ value_json.a['b'] }}", '{"a":{"b":1.5}}', "1.5"],
    ["{{ value_json.a | float(0) / 10 | round(1) }}", '{"a":"215"}', "21.5"],
    ["{{ (value | float / 10) | round(1) }}", "215.55", "21.6"],
    ["{{ 'ON' if value_json.a == 'x' else 'OFF' }}", '{"a":"x"}', "ON"],
    ["{% if value_json.t is defined %}{{ value_json.t }}{% else %}0{% endif %}", "{}", "0"],
    ["{{ value.split(',')[1] }}", "a,b", "b"],
    ["{{ value_json.x | round(2, 'floor') }}", '{"x":2.999}', "2.99"],
    ["{{ value_json.list[0].x }}", '{"list":[{"x":4}]}', "4"],
    ["{{ value_json.a | tojson }}", '{"a":{"b":[1]}}', '{"b":[1]}'],
    ["{{ value_json.a | default(3) }}", "{}", "3"],
    ["{{ value_json.x | is_defined }}", "{}", null],
    ["{{ value_json.x.y }}", '{"x":1}', null],
    ["{{ value | int }}", "x", null],
    ["{{ value | int(7) }}", "x", "7"],
    ["{{ value_json.constructor }}", "{}", null],
    ["{{ value_json.__proto__.a }}", "{}", null],
  ])("%s of %s", (template, text, expected) => {
    expect(evaluate(template, text)).toBe(expected);
  });

  it.each([
    ["a loop", "{% for i in range(100000000) %}a{% endfor %}"],
    ["a macro", "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}"],
    ["Home Assistant's own state", "{{ states('sensor.x') }}"],
    ["a regular expression", "{{ value | regex_replace('(a+)+$', '') }}"],
    ["a range", "{{ range(1000000000) }}"],
    ["another method", "{{ ''.join(value) }}"],
    ["an open end", "{{ value"],
    ["depth", `{{ ${"(".repeat(2000)} }}`],
    ["length", "x".repeat(5000)],
  ])("is refused in words for %s", (_, template) => {
    expect(compileTemplate(template)).toMatchObject({ ok: false, problem: expect.stringContaining("emplate") });
  });

  it("cannot build a text without bound", () => {
    const doubling = `{% set a = value %}${"{% set a = a ~ a %}".repeat(60)}{{ a }}`;
    expect(evaluate(doubling, "ab")).toBeNull();
    const growing = `{{ value${"| replace('a', 'aaaaaaaaaa')".repeat(30)} }}`;
    expect(evaluate(growing, "a")).toBeNull();
  });
});

describe("a device of ours", () => {
  const streams = [
    { name: "temperature", kind: "number", unit: "°C", label: "Room" },
    { name: "door", kind: "boolean", unit: null, label: null },
    { name: "led", kind: "boolean", unit: null, label: null },
    { name: "old", kind: null, unit: null, label: null },
  ] as const;
  const settable = [{ name: "led" }, { name: "mode", options: ["a", "b"] }];
  const text = ownAnnouncement({ id: "dev_1", name: "Lamp", model: "v2", streams: [...streams], settable });

  it("is announced in a way that is read back as the same controls", () => {
    const { device, entities } = read(ownAnnouncementTopic("dev_1"), text);
    expect(device).toMatchObject({ name: "Lamp", model: "v2", origin: { name: "Homeport" } });
    expect(entities.map(({ id, controls }) => [id, controls[0]?.type, controls[0]?.command?.topic ?? null])).toEqual([
      ["binary_sensor.dev_1.door", "boolean", null],
      ["switch.dev_1.led", "boolean", "devices/dev_1/set/led"],
      ["select.dev_1.mode", "options", "devices/dev_1/set/mode"],
      ["sensor.dev_1.temperature", "number", null],
    ]);
    const [availability] = entities[0]?.availability?.topics ?? [];
    expect(availability?.topic).toBe("devices/dev_1/presence");
  });
});

it("names are safe in a URL and in a topic, and streams of at most 64 characters", () => {
  expect(entityIdOf("sensor", null, "a b/c#")).toBe("sensor.a-b-c-");
  const long = streamNameOf("light", ["n".repeat(60), "o"], "brightness");
  expect(long).toMatch(/^n{55}-[0-9a-f]{8}$/);
  expect(streamNameOf("light", ["n".repeat(60), "o"], "color")).not.toBe(long);
});
