// What every client must find at the hub, whoever wrote it: messages both ways at each QoS, retained messages, its will, and
// a session that waits for it. The other side is the project's own client, which other tests compare with the standard.
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import mqtt, { type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ClientProgram, type ClientOptions, type Qos } from "./client-program.ts";
import { sharedApi } from "./server.ts";

export interface Capabilities {
  /** The file in programs/. */
  program: string;
  version: 4 | 5;
  /** What it can publish and subscribe with. */
  qos: Qos[];
  /** Whether it tells of "session present". */
  saysSessionPresent?: boolean;
  /** The address of the server for this client, made from the direct and the relayed door's. */
  door?: (urls: { direct: string; relayed: string }) => string;
}

export function describeBehaviour(title: string, capabilities: Capabilities): void {
  const { program, version, qos: levels, saysSessionPresent = true, door = ({ direct }) => direct } = capabilities;
  const best = levels.at(-1) as Qos;

  describe(`${title}, MQTT ${version === 5 ? "5" : "3.1.1"}`, () => {
    let access: { url: string; password: string };
    let peer: MqttClient;
    const api = sharedApi();
    let deviceId: string;
    const heard: { topic: string; text: string; qos: Qos; retain: boolean }[] = [];
    const arrivals = new EventEmitter();
    const running: ClientProgram[] = [];
    let standingClient: ClientProgram | null = null;

    beforeAll(async () => {
      deviceId = (await api.createDevice(title)).id;
      const { secret, mqttUrl, relayUrl } = await api.issueCredential(deviceId);
      access = { url: door({ direct: mqttUrl, relayed: relayUrl }), password: secret };
      const app = await api.createAppToken("peer", 1);
      const clientId = `peer-${randomUUID()}`;
      const options = { protocolVersion: 5, username: "me", password: app.secret, clientId } as const;
      peer = await mqtt.connectAsync(app.mqttUrl, options, false);
      peer.on("message", (topic, payload, packet) => {
        heard.push({ topic, text: payload.toString(), qos: packet.qos, retain: packet.retain });
        arrivals.emit("message");
      });
    });
    afterEach(async () => {
      await Promise.all(running.splice(0).map((client) => client.stop()));
      heard.length = 0;
    });
    afterAll(async () => {
      await standingClient?.stop();
      await peer?.endAsync(true);
    });

    const newTopic = (): string => `shared/clients/${randomUUID()}`;

    async function start(more: Partial<ClientOptions> = {}): ReturnType<typeof ClientProgram.connect> {
      const clientId = `client-${randomUUID()}`;
      const defaults = { ...access, version, clientId, isPersistent: false, resumes: [] };
      const started = await ClientProgram.connect(program, { ...defaults, ...more });
      running.push(started.client);
      return started;
    }

    /** One that stays connected, for tests that end no connection. */
    async function standing(): Promise<ClientProgram> {
      if (!standingClient) {
        standingClient = (await start()).client;
        running.pop();
      }
      return standingClient;
    }

    /** What the peer hears on a topic until `text` comes; it must have been subscribed. */
    async function heardUntil(topic: string, text: string): Promise<string[]> {
      const onTopic = (): string[] => heard.filter((message) => message.topic === topic).map((message) => message.text);
      const tooLate = AbortSignal.timeout(15_000);
      while (!onTopic().includes(text)) await once(arrivals, "message", { signal: tooLate });
      return onTopic();
    }

    /** Until the hub has noticed that the client is gone. */
    async function offline(): Promise<void> {
      await standingClient?.stop();
      standingClient = null;
      while ((await api.request<{ online: boolean }>("GET", `/v1/devices/${deviceId}/presence`)).online)
        await delay(20);
    }

    it.each(levels)("gets what was sent to it at QoS %i, once each and in order", async (qos) => {
      const topic = newTopic();
      const client = await standing();
      expect(await client.subscribe(topic, qos)).toBe(qos);
      for (const text of ["one", "two", "three"]) void peer.publishAsync(topic, text, { qos });
      await peer.publishAsync(topic, "end", { qos });
      const got = await client.messagesUntil(topic, "end");
      expect(got).toEqual(["one", "two", "three", "end"].map((text) => ({ topic, text, qos, retain: false })));
    });

    it.each(levels)("sends at QoS %i, and what it sends arrives once each and in order", async (qos) => {
      const topic = newTopic();
      await peer.subscribeAsync(topic, { qos: 2 });
      const client = await standing();
      await Promise.all(["one", "two", "three", "end"].map((text) => client.publish(topic, text, qos)));
      expect(await heardUntil(topic, "end")).toEqual(["one", "two", "three", "end"]);
      expect(new Set(heard.map((message) => message.qos))).toEqual(new Set([qos]));
    });

    it("has its will published when it is killed, and not when it says goodbye", async () => {
      const topic = newTopic();
      await peer.subscribeAsync(topic, { qos: 2 });
      const polite = await start({ will: { topic, text: "polite", qos: 1, retain: false } });
      await polite.client.disconnect();
      const killed = await start({ will: { topic, text: "killed", qos: best, retain: true } });
      await killed.client.kill();
      expect(await heardUntil(topic, "killed")).toEqual(["killed"]);
      expect(heard.map((message) => message.qos)).toEqual([best]);

      const late = await standing();
      await late.subscribe(topic, best);
      expect(await late.messagesUntil(topic, "killed")).toEqual([{ topic, text: "killed", qos: best, retain: true }]);
    });

    it("finds a retained message when it comes late, leaves one, and removes it", async () => {
      const [theirs, own] = [newTopic(), newTopic()];
      await peer.publishAsync(theirs, "kept", { qos: best, retain: true });
      const late = await start();
      await late.client.subscribe(theirs, best);
      const [first] = await late.client.messagesUntil(theirs, "kept");
      expect(first).toEqual({ topic: theirs, text: "kept", qos: best, retain: true });
      await late.client.disconnect();

      // Another one, that is not subscribed to what it removes: aws-crt 1.33 crashes on empty messages.
      const client = await standing();
      await client.publish(own, "left behind", best, true);
      await peer.subscribeAsync(own, { qos: 2 });
      await heardUntil(own, "left behind");
      expect(heard.at(-1)).toEqual({ topic: own, text: "left behind", qos: best, retain: true });
      await peer.unsubscribeAsync(own);

      await client.publish(own, "", best, true);
      await client.publish(theirs, "", best, true);
      heard.length = 0;
      await peer.subscribeAsync([own, theirs], { qos: 2 });
      await client.publish(own, "end", best);
      expect(await heardUntil(own, "end")).toEqual(["end"]);
      expect(heard).toHaveLength(1);
    });

    it.each(["says goodbye", "is killed"])("finds what came while it was away after it %s", async (how) => {
      const clientId = `client-${randomUUID()}`;
      const resumes = levels.map((qos) => ({ topic: newTopic(), qos }));
      const first = await start({ clientId, isPersistent: true });
      if (saysSessionPresent) expect(first.sessionPresent).toBe(false);
      for (const { topic, qos } of resumes) expect(await first.client.subscribe(topic, qos)).toBe(qos);
      await (how === "is killed" ? first.client.kill() : first.client.disconnect());
      await offline();

      for (const { topic, qos } of resumes) {
        for (let n = 1; n <= 5; n++) await peer.publishAsync(topic, `away ${n}`, { qos });
      }
      const { client, sessionPresent } = await start({ clientId, isPersistent: true, resumes });
      if (saysSessionPresent) expect(sessionPresent).toBe(true);
      for (const { topic, qos } of resumes) {
        await peer.publishAsync(topic, "end", { qos: qos === 0 ? 1 : qos });
        const got = await client.messagesUntil(topic, "end");
        const awaited = qos === 0 ? [] : ["away 1", "away 2", "away 3", "away 4", "away 5"];
        expect(got.map(({ text }) => text)).toEqual([...awaited, "end"]);
      }
      await client.disconnect();

      const clean = await start({ clientId });
      if (saysSessionPresent) expect(clean.sessionPresent).toBe(false);
      for (const { topic, qos } of resumes) await peer.publishAsync(topic, "for nobody", { qos });
      const topic = newTopic();
      await clean.client.subscribe(topic, best);
      await peer.publishAsync(topic, "end", { qos: best });
      await clean.client.messagesUntil(topic, "end");
      expect(resumes.flatMap((resumed) => clean.client.messages(resumed.topic))).toEqual([]);
    });
  });
}
