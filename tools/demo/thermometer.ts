// A thermometer, whole: connects with the stock `mqtt` client and publishes a made-up room's temperature and humidity as one message on
// `devices/{id}/streams`, every few seconds. Copy it as a start.
import mqtt from "mqtt";

const { MQTT_URL = "", MQTT_PASSWORD = "", DEVICE_ID = "" } = process.env;
const everyMs = 4000;
const swingMs = 10 * 60_000;

// Any user name will do; the credential is the password. The client reconnects by itself.
const client = mqtt.connect(MQTT_URL, { username: "thermometer", password: MQTT_PASSWORD });

/** Swings slowly, with a little noise, as a room with a heater does. */
function measure(at: number): { temperature: number; humidity: number } {
  const swing = Math.sin((at / swingMs) * 2 * Math.PI);
  const noise = Math.random() - 0.5;
  return { temperature: Number((21 + 1.5 * swing + 0.2 * noise).toFixed(1)), humidity: Math.round(48 - 5 * swing) };
}

function report(): void {
  // While it is away nothing is kept back: the next value is soon there.
  if (client.connected) client.publish(`devices/${DEVICE_ID}/streams`, JSON.stringify(measure(Date.now())));
}

client.on("connect", () => {
  client.publish(`devices/${DEVICE_ID}/streams/firmware`, "1.0.0", { qos: 1 });
  report();
  console.log(`connected, measures every ${everyMs / 1000} s`);
});
client.on("close", () => console.log("disconnected"));
client.on("error", (error) => console.log(`error: ${error.message}`));

setInterval(report, everyMs);
process.once("SIGTERM", () => client.end(false, {}, () => process.exit(0)));
