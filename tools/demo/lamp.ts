// A lamp, whole: connects with the stock `mqtt` client, obeys `devices/{id}/set/led`, reports every change on
// `devices/{id}/streams/led`, and has a switch of its own: the line `switch` on its input. Copy it as a start.
import { createInterface } from "node:readline";
import mqtt from "mqtt";

const { MQTT_URL = "", MQTT_PASSWORD = "", DEVICE_ID = "" } = process.env;

let on = false;

// Any user name will do; the credential is the password. The client reconnects by itself and subscribes again.
const client = mqtt.connect(MQTT_URL, { username: "lamp", password: MQTT_PASSWORD });

function setLed(next: boolean): void {
  on = next;
  console.log(on ? "LED on" : "LED off");
  report();
}

/** Retained: a screen that comes later sees the present state at once. */
function report(): void {
  client.publish(`devices/${DEVICE_ID}/streams/led`, on ? "on" : "off", { qos: 1, retain: true });
}

client.on("connect", () => {
  client.subscribe(`devices/${DEVICE_ID}/set/led`, { qos: 1 }, (error) => {
    if (error) {
      console.log(`not allowed to listen: ${error.message}`);
      return;
    }
    console.log(`connected, LED ${on ? "on" : "off"}`);
    report();
  });
});

client.on("message", (_topic, payload) => setLed(payload.toString() === "on"));
client.on("close", () => console.log("disconnected"));
client.on("error", (error) => console.log(`error: ${error.message}`));

createInterface({ input: process.stdin }).on("line", (line) => {
  if (line.trim() === "switch") setLed(!on);
});
process.once("SIGTERM", () => client.end(false, {}, () => process.exit(0)));
