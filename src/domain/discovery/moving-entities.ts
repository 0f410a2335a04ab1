// The controls of what moves or heats: covers, fans and climates.
import { type ConfigReader, control } from "./config-reader.ts";
import type { Control } from "./entity.ts";

export function cover(config: ConfigReader): Control[] {
  const states = Object.fromEntries(
    ["open", "opening", "closed", "closing", "stopped"].map((name) => [name, config.payload(`state_${name}`, name)]),
  );
  const commands: Record<string, string> = {};
  // A payload of null says that the cover cannot do this.
  for (const [name, payload] of [
    ["open", "OPEN"],
    ["close", "CLOSE"],
    ["stop", "STOP"],
  ] as const) {
    if (config.config[`payload_${name}`] !== null) commands[name] = config.payload(`payload_${name}`, payload);
  }
  const closed = config.number("position_closed", 0) ?? 0;
  const open = config.number("position_open", 100) ?? 100;
  return [
    ...control({
      name: "cover",
      type: "options",
      options: Object.keys(commands),
      state: config.source("state_topic", "value_template", states),
      command: config.sink("command_topic", null, commands),
    }),
    ...control({
      name: "position",
      type: "number",
      min: Math.min(closed, open),
      max: Math.max(closed, open),
      step: 1,
      state: config.source("position_topic", "position_template"),
      command: config.sink("set_position_topic", "set_position_template"),
    }),
    ...control({
      name: "tilt",
      type: "number",
      min: config.number("tilt_min", 0),
      max: config.number("tilt_max", 100),
      step: 1,

      state: config.source("tilt_status_topic", "tilt_status_template"),
      command: config.sink("tilt_command_topic", "tilt_command_template"),
    }),
  ];
}

export function fan(config: ConfigReader): Control[] {
  const payloads = { true: config.payload("payload_on", "ON"), false: config.payload("payload_off", "OFF") };
  const swings = {
    true: config.payload("payload_oscillation_on", "oscillate_on"),
    false: config.payload("payload_oscillation_off", "oscillate_off"),
  };
  return [
    ...control({
      name: "fan",
      type: "boolean",
      state: config.source(
        "state_topic",
        config.has("state_value_template") ? "state_value_template" : "value_template",
        payloads,
      ),
      command: config.sink("command_topic", null, payloads),
    }),
    ...control({
      name: "speed",
      type: "number",
      min: Math.min(0, config.number("speed_range_min", 1) ?? 1),
      max: config.number("speed_range_max", 100),
      step: 1,
      state: config.source("percentage_state_topic", "percentage_value_template"),
      command: config.sink("percentage_command_topic", "percentage_command_template"),
    }),
    ...modeOf(config, "preset_mode", "preset_modes", null, "preset_mode_value_template"),
    ...control({
      name: "oscillation",
      type: "boolean",
      state: config.source("oscillation_state_topic", "oscillation_value_template", swings),
      command: config.sink("oscillation_command_topic", null, swings),
    }),
    ...control({
      name: "direction",
      type: "options",
      options: ["forward", "reverse"],
      state: config.source("direction_state_topic", "direction_value_template"),
      command: config.sink("direction_command_topic", "direction_command_template"),
    }),
  ];
}

const climateModes = ["auto", "off", "cool", "heat", "dry", "fan_only"];
const fanModes = ["auto", "low", "medium", "high"];

export function climate(config: ConfigReader): Control[] {
  const isFahrenheit = config.text("temperature_unit")?.toUpperCase() === "F";
  const unit = isFahrenheit ? "°F" : "°C";
  const range = {
    unit,
    min: config.number("min_temp", isFahrenheit ? 45 : 7),
    max: config.number("max_temp", isFahrenheit ? 95 : 35),
    step: config.number("temp_step", 1),
  };
  const target = (name: string): Control[] =>
    control({
      name,
      type: "number",
      ...range,
      state: config.source(`${name}_state_topic`, `${name}_state_template`),
      command: config.sink(`${name}_command_topic`, `${name}_command_template`),
    });
  const current = (name: string, itsUnit: string): Control[] =>
    control({ name, type: "number", unit: itsUnit, state: config.source(`${name}_topic`, `${name}_template`) });
  return [
    ...modeOf(config, "mode", "modes", climateModes, "mode_state_template"),
    ...["temperature", "temperature_low", "temperature_high"].flatMap(target),
    ...current("current_temperature", unit),
    ...control({
      name: "target_humidity",
      type: "number",
      unit: "%",
      step: 1,
      min: config.number("min_humidity", 30),
      max: config.number("max_humidity", 99),
      state: config.source("target_humidity_state_topic", "target_humidity_state_template"),
      command: config.sink("target_humidity_command_topic", "target_humidity_command_template"),
    }),
    ...current("current_humidity", "%"),
    ...modeOf(config, "fan_mode", "fan_modes", fanModes, "fan_mode_state_template"),
    ...modeOf(config, "swing_mode", "swing_modes", ["on", "off"], "swing_mode_state_template"),
    ...modeOf(config, "preset_mode", "preset_modes", null, "preset_mode_value_template"),
    ...control({ name: "action", type: "text", state: config.source("action_topic", "action_template") }),
  ];
}

/** A choice among modes: with topics named after it, and a list under another name. */
function modeOf(
  config: ConfigReader,
  name: string,
  listKey: string,
  all: string[] | null,
  templateKey: string,
): Control[] {
  return control({
    name,
    type: "options",
    options: config.texts(listKey) ?? all,
    state: config.source(`${name}_state_topic`, templateKey),
    command: config.sink(`${name}_command_topic`, `${name}_command_template`),
  });
}
