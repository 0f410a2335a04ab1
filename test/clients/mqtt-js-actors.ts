// The demo's roles on the stock `mqtt` package, in this process, in protocol 4 (3.1.1) or 5.
import mqtt, { type MqttClient } from "mqtt";
import type { Lamp, Led, Phone, Ticket } from "./script.ts";

export type ProtocolVersion = 4 | 5;

function connect(ticket: Ticket, protocolVersion: ProtocolVersion): Promise<MqttClient> {
  const { url, password } = ticket;
  return mqtt.connectAsync(url, { protocolVersion, username: "me", password, reconnectPeriod: 0 }, false);
}

/** The payload of the next message, bounded in time by the test's own limit. */
function nextMessage(client: MqttClient): Promise<Led> {
  return new Promise((resolve) => {
    client.once("message", (_topic, payload) => resolve(payload.toString() as Led));
  });
}

export async function startMqttJsLamp(ticket: Ticket, protocolVersion: ProtocolVersion): Promise<Lamp> {
  const client = await connect(ticket, protocolVersion);
  const topic = `devices/${ticket.deviceId}`;
  let led: Led = "off";
  const report = () => client.publishAsync(`${topic}/streams/led`, led, { qos: 1, retain: true });
  client.on("message", (_topic, payload) => {
    led = payload.toString() as Led;
    void report();
  });
  await client.subscribeAsync(`${topic}/set/led`, { qos: 1 });
  await report();
  return {
    nextLed: () => nextMessage(client),
    flipSwitch() {
      led = led === "on" ? "off" : "on";
      void report();
    },
    stop: () => client.endAsync(),
  };
}

export async function startMqttJsPhone(ticket: Ticket, protocolVersion: ProtocolVersion): Promise<Phone> {
  const client = await connect(ticket, protocolVersion);
  const shown = nextMessage(client);
  await client.subscribeAsync(`devices/${ticket.deviceId}/streams/led`, { qos: 1 });
  await shown; // the retained report
  return {
    nextScreen: () => nextMessage(client),
    stop: () => client.endAsync(),
    async press(wanted) {
      await client.publishAsync(`devices/${ticket.deviceId}/set/led`, wanted, { qos: 1 });
    },
  };
}
