// The demo's roles on unmodified clients from Debian: python3-paho-mqtt as the lamp, paho_c_sub and paho_c_pub as the phone.
import { join } from "node:path";
import { LineProcess } from "../../tools/line-process.ts";
import type { Lamp, Led, Phone, Ticket } from "./script.ts";

export type MqttVersion = "311" | "5";

export async function startPahoLamp(ticket: Ticket, version: MqttVersion): Promise<Lamp> {
  const process = new LineProcess("/usr/bin/python3", [join(import.meta.dirname, "paho-lamp.py")], {
    name: "The lamp on python3-paho-mqtt",
    env: {
      MQTT_URL: ticket.url,
      MQTT_PASSWORD: ticket.password,
      DEVICE_ID: ticket.deviceId,
      MQTT_VERSION: version,
    },
  });
  await process.nextLine(/^connected$/, "connect");
  return {
    nextLed: async () => (await process.nextLine(/^LED /, "change its LED")).slice("LED ".length) as Led,
    flipSwitch: () => process.send("switch"),
    stop: () => process.stop(),
  };
}

export async function startPahoPhone(ticket: Ticket, version: MqttVersion): Promise<Phone> {
  const options = ["-c", ticket.url, "-u", "phone", "-P", ticket.password, "-V", version, "-q", "1"];
  const topic = (channel: string): string[] => ["-t", `devices/${ticket.deviceId}/${channel}/led`];
  const screen = new LineProcess("/usr/bin/paho_c_sub", [...topic("streams"), ...options], { name: "paho_c_sub" });
  const nextScreen = async (): Promise<Led> => (await screen.nextLine(/^(on|off)$/, "show a message")) as Led;
  await nextScreen(); // the retained report: it is subscribed
  return {
    nextScreen,
    stop: () => screen.stop(),
    async press(wanted) {
      const button = new LineProcess("/usr/bin/paho_c_pub", [...topic("set"), "-m", wanted, ...options], {
        name: "paho_c_pub",
      });
      const exitCode = await button.ended;
      if (exitCode !== 0) throw new Error(`paho_c_pub ended with ${exitCode}: ${button.lines.join("; ")}`);
    },
  };
}
