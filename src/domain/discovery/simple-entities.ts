// The controls of components that have one or two of them: sensors, switches, buttons, numbers, selections, texts, locks, updates.
import { type ConfigReader, control } from "./config-reader.ts";
import type { Control } from "./entity.ts";

export type ControlsOf = (config: ConfigReader) => Control[];

function sensor(config: ConfigReader): Control[] {
  const unit = config.text("unit_of_measurement")?.trim() || null;
  const isNumber = unit !== null || config.has("state_class");
  const options = config.texts("options");
  const type = options ? "options" : isNumber ? "number" : "value";
  return control({ name: "sensor", type, unit, options, state: config.source("state_topic", "value_template") });
}

function onOff(config: ConfigReader): Record<string, string> {
  return { true: config.payload("payload_on", "ON"), false: config.payload("payload_off", "OFF") };
}

/** What a state says, where it may differ from what a command says. */
function stateOnOff(config: ConfigReader): Record<string, string> {
  const { true: on = "", false: off = "" } = onOff(config);
  return { true: config.payload("state_on", on), false: config.payload("state_off", off) };
}

function binarySensor(config: ConfigReader): Control[] {
  const state = config.source("state_topic", "value_template", onOff(config));
  return control({ name: "binary_sensor", type: "boolean", state });
}

function switchControls(config: ConfigReader): Control[] {
  const state = config.source("state_topic", "value_template", stateOnOff(config));
  return control({
    name: "switch",
    type: "boolean",
    state,
    command: config.sink("command_topic", null, onOff(config)),
  });
}

function button(config: ConfigReader): Control[] {
  const payloads = config.has("command_template") ? null : { press: config.payload("payload_press", "PRESS") };
  return control({
    name: "button",
    type: "trigger",
    command: config.sink("command_topic", "command_template", payloads),
  });
}

function number(config: ConfigReader): Control[] {
  return control({
    name: "number",
    type: "number",
    unit: config.text("unit_of_measurement")?.trim() || null,
    min: config.number("min", 1),
    max: config.number("max", 100),
    step: config.number("step", 1),
    state: config.source("state_topic", "value_template"),
    command: config.sink("command_topic", "command_template"),
  });
}

function select(config: ConfigReader): Control[] {
  return control({
    name: "select",
    type: "options",
    options: config.texts("options") ?? [],
    state: config.source("state_topic", "value_template"),
    command: config.sink("command_topic", "command_template"),
  });
}

function text(config: ConfigReader): Control[] {
  return control({
    name: "text",
    type: "text",
    min: config.number("min", 0),
    max: config.number("max", 255),
    state: config.source("state_topic", "value_template"),
    command: config.sink("command_topic", "command_template"),
  });
}

function lock(config: ConfigReader): Control[] {
  const states = {
    true: config.payload("state_locked", "LOCKED"),
    false: config.payload("state_unlocked", "UNLOCKED"),
  };
  const payloads = { true: config.payload("payload_lock", "LOCK"), false: config.payload("payload_unlock", "UNLOCK") };
  const open = config.text("payload_open");
  return [
    ...control({
      name: "lock",
      type: "boolean",
      state: config.source("state_topic", "value_template", states),
      command: config.sink("command_topic", null, payloads),
    }),
    ...(open === null
      ? []
      : control({ name: "open", type: "trigger", command: config.sink("command_topic", null, { press: open }) })),
  ];
}

/** The state of an update may be a text, or an object with both versions. */
function update(config: ConfigReader): Control[] {
  const state = config.source("state_topic", "value_template");
  const latest = config.source("latest_version_topic", "latest_version_template");
  const install = config.text("payload_install");
  return [
    ...control({ name: "installed", type: "text", state: state && { ...state, field: "installed_version" } }),
    ...control({ name: "latest", type: "text", state: latest ?? (state && { ...state, field: "latest_version" }) }),
    ...(install === null
      ? []
      : control({ name: "install", type: "trigger", command: config.sink("command_topic", null, { press: install }) })),
  ];
}

function event(config: ConfigReader): Control[] {
  const state = config.source("state_topic", "value_template");
  const options = config.texts("event_types");
  return control({ name: "event", type: "options", options, state: state && { ...state, field: "event_type" } });
}

function deviceTracker(config: ConfigReader): Control[] {
  const payloads = {
    home: config.payload("payload_home", "home"),
    not_home: config.payload("payload_not_home", "not_home"),
  };
  return control({
    name: "device_tracker",
    type: "text",
    state: config.source("state_topic", "value_template", payloads),
  });
}

export const simpleComponents: Record<string, ControlsOf> = {
  sensor,
  binary_sensor: binarySensor,
  switch: switchControls,
  button,
  number,
  select,
  text,
  lock,
  update,
  event,
  device_tracker: deviceTracker,
};
