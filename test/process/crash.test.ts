// The whole server is killed with SIGKILL at random moments while stock clients publish at QoS 1 and 2, again and again on
// the same state. Whatever was acknowledged arrives, QoS 2 exactly once, and sessions are there after each crash.
// CRASH_ROUNDS=200 makes it long; CRASH_SEED repeats the moments.
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Api } from "../../tools/api.ts";
import { TestServer } from "../support/server.ts";
import { type Access, Publisher, Subscriber, lostSessions } from "./crash-clients.ts";
import { SlowNetwork } from "./slow-network.ts";

const rounds = Number(process.env.CRASH_ROUNDS ?? 5);
const seed = Number(process.env.CRASH_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Between the two topics' messages of one publisher and the next two. */
const pauseMs = 20;
/** Acknowledgements between two crashes at most. */
const longestRound = 300;
const transitMs = 15;
const root = "shared/crash";

/** mulberry32 */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

let server: TestServer;
let network: SlowNetwork;
let api: Api;
const publishers: Publisher[] = [];
const subscribers: Subscriber[] = [];
beforeAll(async () => {
  server = await TestServer.start();
  network = await SlowNetwork.start(server.port, transitMs);
  api = await server.createUser();
});
afterAll(async () => {
  for (const client of [...publishers, ...subscribers]) client.end();
  network.stop();
  await server.remove();
});

async function createDevice(name: string): Promise<Access> {
  const { id } = await api.createDevice(name);
  const { secret: password, mqttUrl } = await api.issueCredential(id);
  return { url: network.through(mqttUrl), password };
}

/** What is wrong with what a subscriber got of one topic. */
function faults(received: number[], acknowledged: Set<number>, qos: 1 | 2): string[] {
  const seen = new Set(received);
  const first = [...seen]; // in the order of first deliveries
  const missing = [...acknowledged].filter((n) => !seen.has(n));
  const repeated = received.filter((n, i) => received.indexOf(n) !== i);
  const overtaken = first.filter((n, i) => i > 0 && n < (first[i - 1] ?? 0));
  return [
    ...(missing.length > 0 ? [`missing ${missing.join(" ")}`] : []),
    ...(qos === 2 && repeated.length > 0 ? [`twice ${repeated.join(" ")}`] : []),
    ...(overtaken.length > 0 ? [`out of order ${overtaken.join(" ")}`] : []),
  ];
}

describe(`after ${rounds} times SIGKILL at random moments (CRASH_SEED=${seed})`, () => {
  it(
    "what was acknowledged has arrived, QoS 2 exactly once, in order, and no session was lost",
    async () => {
      const random = randomFrom(seed);
      const devices = await Promise.all(["one", "two"].map(createDevice));
      const [first, second] = devices as [Access, Access];
      for (const version of [4, 5] as const) {
        const session = { ...second, version, name: `everything-${version}` };
        subscribers.push(await Subscriber.start(session, `${root}/#`));
      }
      const absent = await Subscriber.start({ ...second, version: 5, name: "absent" }, `${root}/away`);
      subscribers.push(absent);
      await absent.goAway();
      for (const version of [4, 5] as const) {
        for (const qos of [1, 2] as const) {
          const name = `publisher-${version}-${qos}`;
          const topics = [`${root}/${name}/a`, `${root}/${name}/b`];
          publishers.push(await Publisher.start({ ...first, version, name }, qos, topics, pauseMs));
        }
      }
      const slow = { ...first, version: 5, name: "slow" } as const;
      publishers.push(await Publisher.start(slow, 2, [`${root}/away`], Math.max(200, rounds * 10)));

      const acknowledged = (): number => publishers.reduce((sum, publisher) => sum + publisher.acknowledgedCount, 0);
      for (let round = 1; round <= rounds; round++) {
        // Counted in acknowledgements, so that a slow machine sees as much: often while clients still catch up.
        const target = acknowledged() + 1 + Math.floor(random() ** 2 * longestRound);
        while (acknowledged() < target) await delay(2);
        await delay(random() * 30);
        await server.crash();
        console.log(`crash ${round}: ${acknowledged()} acknowledged`);
        await server.start();
      }
      await Promise.all(publishers.map((publisher) => publisher.finish()));
      absent.comeBack();

      const promises = publishers.flatMap((publisher) =>
        [...publisher.acknowledged].map(([topic, numbers]) => ({ topic, numbers, qos: publisher.qos })),
      );
      const findFaults = (): string[] =>
        promises.flatMap(({ topic, numbers, qos }) =>
          subscribers
            .filter((subscriber) => subscriber !== absent || topic.endsWith("/away"))
            .flatMap(({ name, received }) =>
              faults(received.get(topic) ?? [], numbers, qos).map((fault) => `${name}, ${topic}: ${fault}`),
            ),
        );
      for (let left = 200; left > 0 && findFaults().some((fault) => fault.includes("missing")); left--) await delay(50);
      await delay(500); // for what should not come

      const unsent = publishers.reduce((sum, publisher) => sum + publisher.unsent, 0);
      console.log(`${acknowledged()} messages acknowledged through ${rounds} crashes, ${unsent} never sent`);
      expect(publishers.flatMap(({ refusals }) => refusals)).toEqual([]);
      expect(lostSessions).toEqual([]);
      expect(findFaults()).toEqual([]);
    },
    60_000 + rounds * 20_000,
  );
});
