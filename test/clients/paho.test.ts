// Debian's Paho clients play the demo's script, unmodified: Python as the lamp, C as the phone.
import mqtt from "mqtt";
import { beforeAll, describe, it } from "vitest";
import type { MqttAccess } from "../../tools/api.ts";
import { LineProcess } from "../../tools/line-process.ts";
import { pahoC, pahoPython, skipWithout } from "../support/debian-packages.ts";
import { type MqttVersion, startPahoLamp, startPahoPhone } from "./paho-actors.ts";
import { sharedApi } from "./server.ts";
import { doors, issueTickets, playScript } from "./script.ts";

const { skip, why } = skipWithout(pahoPython, pahoC);

describe.skipIf(skip)(`python3-paho-mqtt as the lamp, paho_c_sub and paho_c_pub as the phone${why}`, () => {
  const api = sharedApi();
  let app: MqttAccess;
  beforeAll(async () => {
    app = await api.createAppToken("phone", 1);
  });

  const cases = doors.flatMap((door) => (["311", "5"] as MqttVersion[]).map((version) => ({ door, version })));
  it.each(cases)("play the demo through the $door door in MQTT $version", async ({ door, version }) => {
    const tickets = await issueTickets(api, door, app);
    const lamp = await startPahoLamp(tickets.lamp, version);
    try {
      await playScript(`Paho, ${door}, MQTT ${version}`, lamp, () => startPahoPhone(tickets.phone, version));
    } finally {
      await lamp.stop();
    }
  });

  it.each(doors)("paho_c_sub shows every retained message at once through the %s door", async (door) => {
    const { phone } = await issueTickets(api, door, app);
    const texts = ["one", "two", "three", "four"];
    const publisher = await mqtt.connectAsync(phone.url, { username: "me", password: phone.password }, false);
    for (const text of texts) {
      await publisher.publishAsync(`shared/${door}/${text}`, text, { qos: 1, retain: true });
    }
    await publisher.endAsync();
    // Its next ping, whose answer would fetch what lies in its buffer, is a minute away.
    const options = ["-c", phone.url, "-u", "phone", "-P", phone.password, "-k", "60", "-t", `shared/${door}/+`];
    const screen = new LineProcess("/usr/bin/paho_c_sub", options, { name: "paho_c_sub" });
    try {
      await Promise.all(texts.map((text) => screen.nextLine(new RegExp(`\\b${text}$`), `show "${text}"`)));
    } finally {
      await screen.stop();
    }
  });
});
