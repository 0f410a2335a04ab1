// A phone app, whole: connects with the stock `mqtt` client, shows what the lamp reports on `devices/{id}/streams/led`,
// and has a button: the line `press` on its input asks the lamp to change. Copy it as a start.
import { createInterface } from "node:readline";
import mqtt from "mqtt";

const { MQTT_URL = "", MQTT_PASSWORD = "", DEVICE_ID = "" } = process.env;

/** What the lamp last said; the button asks for the opposite. */
let shown = "off";

// Any user name will do; an app token or an app's JWT is the password.
const client = mqtt.connect(MQTT_URL, { username: "phone", password: MQTT_PASSWORD });

client.on("connect", () => {
  client.subscribe(`devices/${DEVICE_ID}/streams/led`, { qos: 1 }, (error) => {
    console.log(error ? `not allowed to listen: ${error.message}` : "connected");
  });
});

client.on("message", (_topic, payload) => {
  shown = payload.toString();
  console.log(`screen: the lamp is ${shown}`);
});
client.on("close", () => console.log("disconnected"));
client.on("error", (error) => console.log(`error: ${error.message}`));

createInterface({ input: process.stdin }).on("line", (line) => {
  if (line.trim() !== "press") return;
  const wanted = shown === "on" ? "off" : "on";
  console.log(`button: turn ${wanted}`);
  client.publish(`devices/${DEVICE_ID}/set/led`, wanted, { qos: 1 });
});
process.once("SIGTERM", () => client.end(false, {}, () => process.exit(0)));
