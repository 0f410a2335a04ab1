// Stock firmware, which is configured and not programmed.
import type { Snippet } from "./snippets.ts";

export const espHome: Snippet = {
  key: "espHome",
  title: "ESPHome",
  file: "YAML",
  needsGateway: true,
  code: ({ credential, deviceId }) => `mqtt:
  broker: GATEWAY
  port: 1883
  username: esphome
  password: "${credential}"
  topic_prefix: devices/${deviceId}/esphome
  discovery: true
`,
  grants: () => ({ publish: ["homeassistant/#"], subscribe: ["homeassistant/status"] }),
};

export const tasmota: Snippet = {
  key: "tasmota",
  title: "Tasmota",
  file: "console",
  needsGateway: true,
  code: ({
    credential,
    deviceId,
  }) => `Backlog MqttHost GATEWAY; MqttPort 1883; MqttUser tasmota; MqttPassword ${credential}; Topic ${deviceId}; SetOption19 1
`,
  grants: ({ deviceId }) => ({
    publish: [`tele/${deviceId}/#`, `stat/${deviceId}/#`, "homeassistant/#", "tasmota/discovery/#"],
    subscribe: [`cmnd/${deviceId}/#`, "cmnd/tasmotas/#"],
  }),
};

export const nodeRed: Snippet = {
  key: "nodeRed",
  title: "Node-RED",
  file: "mqtt-broker",
  code: ({ mqttUrl, credential, deviceId }) => `Server     ${mqttUrl}
User       node-red
Password   ${credential}

mqtt in    devices/${deviceId}/set/#
mqtt out   devices/${deviceId}/streams/temperature
`,
};
