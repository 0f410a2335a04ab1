// Computers and routers.
import checkInScript from "../../docs/examples/check-in.rsc?raw";
import type { Snippet } from "./snippets.ts";

export const node: Snippet = {
  key: "node",
  title: "Node.js",
  file: "lamp.mjs",
  code: ({ mqttUrl, credential, deviceId }) => `// npm install mqtt
import mqtt from "mqtt";

const device = mqtt.connect("${mqttUrl}", { username: "lamp", password: "${credential}" });

device.subscribe("devices/${deviceId}/set/led", { qos: 1 });
device.on("message", (topic, payload) => {
  console.log("LED", payload.toString());
  device.publish("devices/${deviceId}/streams/led", payload, { qos: 1, retain: true });
});
setInterval(() => device.publish("devices/${deviceId}/streams/temperature", String(20 + Math.random())), 5000);
`,
};

export const python: Snippet = {
  key: "python",
  title: "Python",
  file: "lamp.py",
  code: ({ mqttUrl, credential, deviceId }) => {
    const { hostname, port, pathname, protocol } = new URL(mqttUrl);
    const isSecure = protocol === "wss:";
    return `# pip install paho-mqtt
import time
import paho.mqtt.client as mqtt

client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, transport="websockets")
client.ws_set_options(path="${pathname}")
client.username_pw_set("lamp", "${credential}")
${isSecure ? "client.tls_set()\n" : ""}client.on_connect = lambda c, *_: c.subscribe("devices/${deviceId}/set/#", qos=1)
client.on_message = lambda c, _, m: print(m.topic, m.payload.decode())
client.connect("${hostname}", ${port || (isSecure ? 443 : 80)})
client.loop_start()
while True:
    client.publish("devices/${deviceId}/streams/temperature", 21.5)
    time.sleep(5)
`;
  },
};

export const mosquitto: Snippet = {
  key: "mosquitto",
  title: "mosquitto",
  file: "shell",
  needsGateway: true,
  code: ({
    credential,
    deviceId,
  }) => `mosquitto_sub -h GATEWAY -u lamp -P '${credential}' -t 'devices/${deviceId}/set/#' -v &
mosquitto_pub -h GATEWAY -u lamp -P '${credential}' -t devices/${deviceId}/streams/temperature -m 21.5
`,
};

export const routerOs: Snippet = {
  key: "routerOs",
  title: "RouterOS",
  file: "script",
  code: ({ baseUrl, credential }) =>
    checkInScript.replace("https://devices.example.com", baseUrl).replace("PASTE-THE-CREDENTIAL", credential),
};

export const curl: Snippet = {
  key: "curl",
  title: "curl",
  file: "shell",
  code: ({ baseUrl, credential }) => `curl ${baseUrl}/v1/checkin -H 'authorization: Bearer ${credential}' \\
  -H 'content-type: application/json' -d '{"metrics": {"temperature": 21.5}}'
# Again after the answer's nextCheckinSeconds; with metrics after reportAfterSeconds.
`,
};
