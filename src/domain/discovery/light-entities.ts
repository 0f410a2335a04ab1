// The controls of lights: on and off, brightness, colour, colour temperature, effects; in the default form, as JSON, and by templates.
import { type ConfigReader, control, fixedPayload } from "./config-reader.ts";
import type { CommandSink, Control, StateSource } from "./entity.ts";

const colorParts = { rgb: ["r", "g", "b"], hs: ["h", "s"], xy: ["x", "y"] } as const;
type ColorFormat = keyof typeof colorParts;

export function light(config: ConfigReader): Control[] {
  const schema = config.text("schema") ?? "basic";
  if (schema === "json") return jsonLight(config);
  if (schema === "template") return templateLight(config);
  return basicLight(config);
}

/** Bounds of a colour temperature: in kelvin where the light speaks kelvin, else in mireds. */
function temperatureRange(config: ConfigReader): Pick<Control, "min" | "max" | "unit"> {
  if (config.config["color_temp_kelvin"] === true) {
    return { min: config.number("min_kelvin", 2000), max: config.number("max_kelvin", 6535), unit: "K" };
  }
  return { min: config.number("min_mireds", 153), max: config.number("max_mireds", 500), unit: "mired" };
}

function basicLight(config: ConfigReader): Control[] {
  const payloads = { true: config.payload("payload_on", "ON"), false: config.payload("payload_off", "OFF") };
  const effects = config.texts("effect_list");
  return [
    ...control({
      name: "light",
      type: "boolean",
      state: config.source(
        "state_topic",
        config.has("state_value_template") ? "state_value_template" : "value_template",
        payloads,
      ),
      command: config.sink("command_topic", null, payloads),
    }),
    ...control({
      name: "brightness",
      type: "number",
      min: 0,
      max: config.number("brightness_scale", 255),
      step: 1,
      state: config.source("brightness_state_topic", "brightness_value_template"),
      command: config.sink("brightness_command_topic", "brightness_command_template"),
    }),
    ...control({
      name: "color_temp",
      type: "number",
      ...temperatureRange(config),
      step: 1,
      state: config.source("color_temp_state_topic", "color_temp_value_template"),
      command: config.sink("color_temp_command_topic", "color_temp_command_template"),
    }),
    ...(["rgb", "hs", "xy"] as const).flatMap((format) => basicColor(config, format)).slice(0, 1),
    ...control({
      name: "effect",
      type: "options",
      options: effects,
      state: config.source("effect_state_topic", "effect_value_template"),
      command: config.sink("effect_command_topic", "effect_command_template"),
    }),
  ];
}

function basicColor(config: ConfigReader, format: ColorFormat): Control[] {
  const command = config.sink(`${format}_command_topic`, `${format}_command_template`);
  const parts = command?.template ? patternOfParts(command.template, format) : null;
  return control({
    name: "color",
    type: "color",
    format,
    state: config.source(`${format}_state_topic`, `${format}_value_template`),
    command: command && parts !== null ? { ...command, pattern: parts, template: null } : command,
  });
}

const partNames: Record<ColorFormat, readonly string[]> = {
  rgb: ["red", "green", "blue"],
  hs: ["hue", "sat"],
  xy: ["x", "y"],
};

/** A template that only sets the parts of a colour into a text; null: it does more. */
function patternOfParts(template: string, format: ColorFormat): string | null {
  const names = partNames[format];
  const pattern = template.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => {
    return names.includes(name) ? `$${names.indexOf(name) + 1}` : whole;
  });
  return /\{[{%#]/.test(pattern) ? null : pattern;
}

function jsonLight(config: ConfigReader): Control[] {
  const source = config.source("state_topic", null);
  const sink = config.sink("command_topic", null);
  const state = (template: string, payloads: Record<string, string> | null = null): StateSource | null =>
    source && { ...source, template, payloads };
  const command = (pattern: string): CommandSink | null => sink && { ...sink, pattern };
  const modes = config.texts("supported_color_modes") ?? [];
  const payloads = { true: "ON", false: "OFF" };
  const format = (["rgb", "xy", "hs"] as const).find((each) => modes.includes(each) || config.config[each] === true);
  const hasColor = format !== undefined || modes.some((mode) => mode === "rgbw" || mode === "rgbww");
  const hasBrightness = config.config["brightness"] === true || modes.some((mode) => mode !== "onoff");
  const scale = config.number("brightness_scale", 255);
  return [
    ...control({
      name: "light",
      type: "boolean",
      state: state("{{ value_json.state }}", payloads),
      command: sink && { ...sink, pattern: null, payloads: { true: '{"state":"ON"}', false: '{"state":"OFF"}' } },
    }),
    ...(hasBrightness
      ? control({
          name: "brightness",
          type: "number",
          min: 0,
          max: scale,
          step: 1,
          state: state("{{ value_json.brightness }}"),
          command: command('{"state":"ON","brightness":$value}'),
        })
      : []),
    ...(modes.includes("color_temp") || config.config["color_temp"] === true
      ? control({
          name: "color_temp",
          type: "number",
          ...temperatureRange(config),
          step: 1,
          state: state("{{ value_json.color_temp }}"),
          command: command('{"state":"ON","color_temp":$value}'),
        })
      : []),
    ...(hasColor ? jsonColor(format ?? "rgb", state, command) : []),
    ...(config.config["effect"] === true
      ? control({
          name: "effect",
          type: "options",
          options: config.texts("effect_list") ?? [],
          state: state("{{ value_json.effect }}"),
          command: command('{"state":"ON","effect":"$value"}'),
        })
      : []),
  ];
}

function jsonColor(
  format: ColorFormat,
  state: (template: string) => StateSource | null,
  command: (pattern: string) => CommandSink | null,
): Control[] {
  const parts = colorParts[format];
  const read = parts.map((part) => `{{ value_json.color.${part} | float }}`).join(",");
  const written = parts.map((part, index) => `"${part}":$${index + 1}`).join(",");
  return control({
    name: "color",
    type: "color",
    format,
    state: state(read),
    command: command(`{"state":"ON","color":{${written}}}`),
  });
}

/** What such a light shows, and turning it on and off; the rest of it only its own templates know. */
function templateLight(config: ConfigReader): Control[] {
  const on = fixedPayload(config.text("command_on_template"));
  const off = fixedPayload(config.text("command_off_template"));
  const payloads = on !== null && off !== null ? { true: on, false: off } : null;
  if (!payloads) config.problems.push("Its templates for on and off cannot be evaluated.");
  const values = { true: "on", false: "off" };
  return [
    ...control({
      name: "light",
      type: "boolean",
      state: config.has("state_template") ? config.source("state_topic", "state_template", values) : null,
      command: payloads && config.sink("command_topic", null, payloads),
    }),
    ...(config.has("brightness_template")
      ? control({
          name: "brightness",
          type: "number",
          min: 0,
          max: 255,
          state: config.source("state_topic", "brightness_template"),
        })
      : []),
  ];
}
