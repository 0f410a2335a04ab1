// A device without a keyboard, as a process: it knows the server's address and nothing else. It asks for a code, shows it, polls,
// and connects with the stock `mqtt` client and what it was given.
import { setTimeout as delay } from "node:timers/promises";
import mqtt from "mqtt";

const { SERVER = "" } = process.env;
const client_id = "test-lamp";

async function post(path: string, form: Record<string, string>): Promise<Record<string, string>> {
  const response = await fetch(`${SERVER}/v1/pairing/${path}`, { method: "POST", body: new URLSearchParams(form) });
  return response.json() as Promise<Record<string, string>>;
}

const asked = await post("device_authorization", { client_id, device_name: "Lamp of the test" });
console.log(`show ${asked.user_code} at ${asked.verification_uri}`);

let given: Record<string, string>;
let interval = Number(asked.interval);
for (;;) {
  await delay(interval * 1000);
  given = await post("token", {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code: asked.device_code ?? "",
    client_id,
  });
  if (given.access_token) break;
  if (given.error === "slow_down") interval += 5;
  else if (given.error !== "authorization_pending") throw new Error(given.error);
  console.log(given.error);
}
console.log(`paired as ${given.device_id}`);

const lamp = await mqtt.connectAsync(given.mqtt_url ?? "", { username: "lamp", password: given.access_token ?? "" });
lamp.on("message", (_topic, payload) => console.log(`LED ${payload.toString()}`));
await lamp.subscribeAsync(`devices/${given.device_id}/set/led`, { qos: 1 });
console.log("connected");
