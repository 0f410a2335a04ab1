// Debian's mosquitto_pub and mosquitto_sub, which speak TCP alone, through the gateway: every QoS, retained messages, wills,
// persistent sessions, TLS; in both versions and through both doors.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { LineProcess } from "../../tools/line-process.ts";
import { GatewayProcess, makeCertificate } from "../process/gateway-process.ts";
import { mosquittoClients, skipWithout } from "../support/debian-packages.ts";
import { type MosquittoAccess, killSub, mosquittoPub, mosquittoSub } from "./mosquitto-clients.ts";
import { sharedApi } from "./server.ts";

const { skip, why } = skipWithout(mosquittoClients);

const doors = ["relayed", "direct"] as const;
const versions = ["mqttv311", "mqttv5"] as const;
const ways = doors.flatMap((door) => versions.map((version) => ({ door, version })));

describe.skipIf(skip)(`mosquitto_pub and mosquitto_sub${why}`, () => {
  const dir = mkdtempSync(join(tmpdir(), "homeport-mosquitto-"));
  const gateways = {} as Record<(typeof doors)[number], GatewayProcess>;
  let password: string;
  let certFile: string;
  beforeAll(async () => {
    const app = await sharedApi().createAppToken("mosquitto", 1);
    password = app.secret;
    const certificate = makeCertificate(dir);
    certFile = certificate.certFile;
    const tls = ["--tls-cert", certificate.certFile, "--tls-key", certificate.keyFile];
    gateways.relayed = await GatewayProcess.start(inject("clientsServer").url, ...tls);
    gateways.direct = await GatewayProcess.start(app.mqttUrl);
  });
  afterAll(async () => {
    await Promise.all(Object.values(gateways).map((gateway) => gateway.stop()));
    rmSync(dir, { recursive: true, force: true });
  });

  function access(door: (typeof doors)[number], version: string, ...more: string[]): MosquittoAccess {
    return { port: gateways[door].port, password, options: ["-V", version, ...more] };
  }

  /** Of its messages, without what it says about packets. */
  function shown(sub: LineProcess, topic: string): string[] {
    return sub.lines.filter((line) => line.startsWith(topic));
  }

  const levels = ways.flatMap((way) => [0, 1, 2].map((qos) => ({ ...way, qos })));
  it.each(levels)("exchange messages at QoS $qos, $door, $version", async ({ door, version, qos }) => {
    const topic = `shared/levels/${door}/${version}/${qos}`;
    const sub = await mosquittoSub(access(door, version), ["-t", `${topic}/+`, "-q", String(qos)]);
    try {
      const texts = Array.from({ length: 30 }, (_, index) => `message ${index}`);
      const last = sub.nextLine(/ message 29$/, "show the last message");
      await mosquittoPub(access(door, version), ["-t", `${topic}/a`, "-q", String(qos), "-l"], texts);
      await last;
      expect(shown(sub, topic)).toEqual(texts.map((text) => `${topic}/a ${text}`));
      const packets = sub.lines.filter((line) => line.includes("received PUBLISH"));
      expect(packets.every((line) => line.includes(`q${qos}`))).toBe(true);
      const empty = sub.nextLine(/\/empty \(null\)$/, "show the empty message");
      await mosquittoPub(access(door, version), ["-t", `${topic}/empty`, "-q", String(qos), "-n"]);
      await empty;
    } finally {
      await sub.stop();
    }
  });

  it.each(ways)("see retained messages until they are removed, $door, $version", async ({ door, version }) => {
    const way = access(door, version);
    const topic = `shared/retained/${door}/${version}`;
    await mosquittoPub(way, ["-t", `${topic}/kept`, "-m", "kept", "-r", "-q", "1"]);
    await mosquittoPub(way, ["-t", `${topic}/removed`, "-m", "removed", "-r", "-q", "2"]);
    await mosquittoPub(way, ["-t", `${topic}/removed`, "-n", "-r", "-q", "2"]);
    const sub = await mosquittoSub(way, ["-t", `${topic}/#`, "-q", "1"]);
    await mosquittoPub(way, ["-t", `${topic}/live`, "-m", "live", "-q", "1"]);
    await waitFor(() => shown(sub, topic).length >= 2);
    await sub.stop();
    expect(shown(sub, topic)).toEqual([`${topic}/kept kept`, `${topic}/live live`]);
    expect(
      sub.lines.filter((line) => line.includes("received PUBLISH")).map((line) => / r(\d)/.exec(line)?.[1]),
    ).toEqual(["1", "0"]);
  });

  // With MQTT 5 mosquitto_sub says DISCONNECT 0x04, with will; in 3.1.1 there is only one DISCONNECT, without.
  it.each(ways)("leave a will when they are killed or ask for it, $door, $version", async (way) => {
    const mine = access(way.door, way.version);
    const topic = `shared/wills/${way.door}/${way.version}`;
    const watcher = await mosquittoSub(mine, ["-t", `${topic}/#`, "-q", "2"]);
    const will = (name: string) => ["--will-topic", `${topic}/${name}`, "--will-payload", "gone", "--will-qos", "2"];
    const polite = await mosquittoSub(mine, ["-t", "shared/x", ...will("polite")]);
    const killed = await mosquittoSub(mine, ["-t", "shared/x", ...will("killed")]);
    try {
      await polite.stop();
      const wills =
        way.version === "mqttv5" ? [`${topic}/polite gone`, `${topic}/killed gone`] : [`${topic}/killed gone`];
      if (wills.length > 1) await waitFor(() => shown(watcher, topic).length >= 1);
      killSub(killed);
      await waitFor(() => shown(watcher, topic).length >= wills.length);
      await mosquittoPub(mine, ["-t", `${topic}/last`, "-m", "last", "-q", "2"]);
      await waitFor(() => shown(watcher, topic).length > wills.length);
      expect(shown(watcher, topic)).toEqual([...wills, `${topic}/last last`]);
    } finally {
      await watcher.stop();
    }
  });

  it.each(ways)("get what came while they were away, by a persistent session, $door, $version", async (way) => {
    const mine = access(way.door, way.version);
    const topic = `shared/away/${way.door}/${way.version}`;
    const session = ["-i", `away ${way.door} ${way.version}`, "-c", "-q", "2", "-t", `${topic}/#`];
    const first = await mosquittoSub(mine, session);
    await first.stop();
    for (const qos of ["1", "2"]) {
      const texts = Array.from({ length: 10 }, (_, index) => `${qos} ${index}`);
      await mosquittoPub(mine, ["-t", `${topic}/q${qos}`, "-q", qos, "-l"], texts);
    }
    const second = await mosquittoSub(mine, session);
    await mosquittoPub(mine, ["-t", `${topic}/end`, "-m", "end", "-q", "2"]);
    await waitFor(() => shown(second, `${topic}/end`).length > 0);
    await second.stop();
    const expected = ["1", "2"].flatMap((qos) =>
      Array.from({ length: 10 }, (_, index) => `${topic}/q${qos} ${qos} ${index}`),
    );
    expect(shown(second, topic)).toEqual([...expected, `${topic}/end end`]);
  });

  it.each(versions)("come in over TLS, %s", async (version) => {
    const port = gateways.relayed.ports[1] as number;
    const tls = { port, password, options: ["-V", version, "--cafile", certFile] };
    const sub = await mosquittoSub(tls, ["-t", `shared/tls/${version}`, "-q", "2"]);
    const heard = sub.nextLine(/ secret$/, "show the message");
    await mosquittoPub(tls, ["-t", `shared/tls/${version}`, "-m", "secret", "-q", "2"]);
    await heard;
    await sub.stop();
  });

  it.each(ways)("are told when they may not come in, $door, $version", async ({ door, version }) => {
    const wrong = { ...access(door, version), password: "wrong" };
    await expect(mosquittoPub(wrong, ["-t", "shared/a", "-m", "b"])).rejects.toThrow(
      /not authori[sz]ed|bad user ?name/i,
    );
  });

  it("share the messages of a shared subscription", async () => {
    const mine = access("relayed", "mqttv5");
    const subs = [0, 1].map(() => mosquittoSub(mine, ["-t", "$share/group/shared/jobs/#", "-q", "1"]));
    const members = await Promise.all(subs);
    const texts = Array.from({ length: 10 }, (_, index) => `job ${index}`);
    await mosquittoPub(mine, ["-t", "shared/jobs/a", "-q", "1", "-l"], texts);
    const all = (): string[] => members.flatMap((member) => shown(member, "shared/jobs/"));
    await waitFor(() => all().length >= texts.length);
    await Promise.all(members.map((member) => member.stop()));
    expect(all().toSorted()).toEqual(texts.map((text) => `shared/jobs/a ${text}`));
    expect(members.map((member) => shown(member, "shared/jobs/").length)).toEqual([5, 5]);
  });
});

/** Bounded by the test's own limit. */
async function waitFor(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}
