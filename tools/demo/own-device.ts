// What the demo prints when it stays up: where it runs, as whom, and how to connect a device of one's own.
import type { MqttAccess } from "../api.ts";
import type { DemoAccount } from "./account.ts";

export interface RunningDemo {
  url: string;
  account: DemoAccount;
  dashboardPath: string;
  deviceId: string;
  /** Of the demo's phone: lets any app of the account in. */
  app: MqttAccess;
}

export function ownDeviceHelp(demo: RunningDemo): string {
  const { url, account, dashboardPath, deviceId, app } = demo;
  return `
The demo stays up. Type "press" or "switch" and Enter to play; Ctrl-C ends it.

Open the console in a browser and switch the lamp there:

  console   ${url}${dashboardPath}
  sign in   ${account.email}   password ${account.password}
  lamp      ${deviceId}

Connect a device of your own:

1. Sign in, register the device and issue its credential.

  TOKEN=$(curl -s ${url}/api/auth/sign-in/email -H 'content-type: application/json' \\
    -d '{"email":"${account.email}","password":"${account.password}"}' | sed 's/.*"token":"\\([^"]*\\)".*/\\1/')
  curl -s ${url}/v1/devices -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{"name":"my device"}'
  curl -s -X POST ${url}/v1/devices/DEVICE_ID/credentials -H "authorization: Bearer $TOKEN"

2. Connect with any MQTT client that speaks WebSocket. The answer above names the URL (the direct door); the
   credential is the password, the user name is free. With mqtt.js:

  import mqtt from "mqtt";
  const client = mqtt.connect("${app.mqttUrl}", { username: "me", password: CREDENTIAL });
  client.subscribe("devices/DEVICE_ID/set/#");
  client.on("message", (topic, payload) => console.log(topic, payload.toString()));
  client.publish("devices/DEVICE_ID/streams/temperature", "21.5", { retain: true });

3. Watch and command it as an app. With the commands of Debian's paho.mqtt.c-examples and this demo's app token:

  APP='${app.secret}'
  paho_c_sub -t 'devices/${deviceId}/#' -c ${app.mqttUrl} -u me -P "$APP"
  paho_c_pub -t devices/${deviceId}/set/led -m on -c ${app.mqttUrl} -u me -P "$APP"
`;
}
