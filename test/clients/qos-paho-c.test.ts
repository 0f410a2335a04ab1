// Debian's paho_c_sub and paho_c_pub at every QoS, in both versions. They always ask for a clean session, so there is
// nothing to find here about sessions; and paho_c_sub says nothing when it is subscribed, so a retained message does.
import { randomUUID } from "node:crypto";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { LineProcess } from "../../tools/line-process.ts";
import type { MqttAccess } from "../../tools/api.ts";
import { pahoC, skipWithout } from "../support/debian-packages.ts";
import { sharedApi } from "./server.ts";

const { skip, why } = skipWithout(pahoC);
const levels = [0, 1, 2] as const;

describe.skipIf(skip).each(["311", "5"])(`paho_c_sub and paho_c_pub, MQTT %s${why}`, (version) => {
  let access: MqttAccess;
  let peer: MqttClient;
  const screens: LineProcess[] = [];
  beforeAll(async () => {
    const api = sharedApi();
    access = await api.issueCredential((await api.createDevice("paho for C")).id);
    const app = await api.createAppToken("peer", 1);
    peer = await mqtt.connectAsync(app.mqttUrl, { username: "me", password: app.secret }, false);
  });
  afterEach(() => Promise.all(screens.splice(0).map((screen) => screen.stop())));
  afterAll(() => peer?.endAsync(true));

  const newTopic = (): string => `shared/paho-c/${randomUUID()}`;

  function options(topic: string, qos: number): string[] {
    const connection = ["-c", access.mqttUrl, "-u", "me", "-P", access.secret, "-i", randomUUID()];
    return [...connection, "-V", version, "-t", topic, "-q", String(qos)];
  }

  /** Subscribed when this returns. It says its process id first, so that it can be killed. */
  async function startScreen(topic: string, qos: number, more: string[] = []): Promise<LineProcess> {
    await peer.publishAsync(topic, "ready", { qos: 1, retain: true });
    const command = ["/usr/bin/paho_c_sub", ...options(topic, qos), ...more];
    const screen = new LineProcess("/bin/sh", ["-c", 'echo "pid $$"; exec "$@"', "sh", ...command], {
      name: "paho_c_sub",
    });
    screens.push(screen);
    await screen.nextLine(/^ready$/, "show the retained message");
    return screen;
  }

  async function publish(topic: string, qos: number, more: string[]): Promise<void> {
    const button = new LineProcess("/usr/bin/paho_c_pub", [...options(topic, qos), ...more], { name: "paho_c_pub" });
    const exitCode = await button.ended;
    if (exitCode !== 0) throw new Error(`paho_c_pub ended with ${exitCode}: ${button.lines.join("; ")}`);
  }

  /** Bounded by the test's own limit. */
  function nextHeard(): Promise<string> {
    return new Promise((resolve) => {
      peer.once("message", (_topic, payload, { qos, retain }) =>
        resolve(`${payload.toString()} at QoS ${qos}${retain ? ", retained" : ""}`),
      );
    });
  }

  it.each(levels)("show what was sent at QoS %i, once each and in order", async (qos) => {
    const topic = newTopic();
    const screen = await startScreen(topic, qos);
    const end = screen.nextLine(/^end$/, "show the last message");
    await Promise.all(["one", "two", "three", "end"].map((text) => peer.publishAsync(topic, text, { qos })));
    await end;
    expect(screen.lines.slice(1)).toEqual(["ready", "one", "two", "three", "end"]);
  });

  it.each(levels)("send at QoS %i, retain, and remove", async (qos) => {
    const topic = newTopic();
    await publish(topic, qos, ["-r", "-m", "kept"]);
    const kept = nextHeard();
    await peer.subscribeAsync(topic, { qos: 2 });
    expect(await kept).toBe(`kept at QoS ${qos}, retained`);
    const sent = nextHeard();
    await publish(topic, qos, ["-m", "now"]);
    expect(await sent).toBe(`now at QoS ${qos}`);
    const emptied = nextHeard();
    await publish(topic, qos, ["-r", "-n"]);
    expect(await emptied).toBe(` at QoS ${qos}`);

    await peer.unsubscribeAsync(topic);
    await peer.subscribeAsync(topic, { qos: 2 });
    const first = nextHeard();
    await peer.publishAsync(topic, "nothing before", { qos: 1 });
    expect(await first).toBe("nothing before at QoS 1");
    await peer.unsubscribeAsync(topic);
  });

  it.each(levels)("have their will published at QoS %i when they are killed, and not otherwise", async (qos) => {
    const [topic, willTopic] = [newTopic(), newTopic()];
    const will = (text: string): string[] => [
      "--will-topic",
      willTopic,
      "--will-payload",
      text,
      "--will-qos",
      `${qos}`,
    ];
    await peer.subscribeAsync(willTopic, { qos: 2 });
    const heard = nextHeard();
    await (await startScreen(topic, 1, will("polite"))).stop();
    const killed = await startScreen(topic, 1, will("killed"));
    process.kill(Number(killed.lines[0]?.slice("pid ".length)), "SIGKILL");
    expect(await heard).toBe(`killed at QoS ${qos}`);
    await peer.unsubscribeAsync(willTopic);
  });
});
