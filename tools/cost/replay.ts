// Replays the workloads on the Workers runtime with real hubs, sockets and storage, in a time that this file passes. Run by tools/cost.ts;
// what was counted leaves as one line of the log for each workload.
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import mqttPacket from "mqtt-packet";
import { afterAll, expect, it, vi } from "vitest";
import type { ConnectionState } from "../../durable-objects/user-hub/connection.ts";
import type { UserHub } from "../../durable-objects/user-hub/user-hub.ts";
import { TestHub } from "../../test/support/hub.ts";
import type { TestClient } from "../../test/support/mqtt-client.ts";
import { publishPacket } from "../../test/support/mqtt-client.ts";
import { Counters } from "./counters.ts";
import { marker } from "./marker.ts";
import {
  keepAliveSeconds,
  replayedHubs,
  replayedSeconds,
  type Replay,
  streamNames,
  type Workload,
  workloads,
} from "./workloads.ts";

/** Simulated seconds that pass in one event of the replay; alarms are that late at most. */
const stepSeconds = 60;
const dayMs = 86_400_000;
/** Of the next day (UTC): the same for every run, since hours end and rows are written in step with the clock. */
const startsAt = 12.5 * 3_600_000;
const counters = new Counters();

afterAll(() => {
  vi.useRealTimers();
});

it.each(workloads)(
  "$name",
  async (workload) => {
    vi.useFakeTimers({ toFake: ["Date"] });
    vi.setSystemTime((Math.floor(Date.now() / dayMs) + 1) * dayMs + startsAt);
    counters.take();
    const hubs = await Promise.all(Array.from({ length: replayedHubs }, () => ReplayedHub.start(workload)));
    const setup = counters.take();
    const storedBefore = await sumOver(hubs, (hub) => hub.storedBytes());
    const replay = { name: workload.name, setup, published: 0, relayed: 0, handlerMs: 0, storedBefore };
    for (let second = 0; second < replayedSeconds; second += stepSeconds) {
      const now = Date.now();
      for (const hub of hubs) {
        vi.setSystemTime(now);
        replay.handlerMs += await hub.pass(second, stepSeconds);
      }
    }
    const steady = counters.take();
    for (const hub of hubs) {
      replay.published += hub.published;
      replay.relayed += await hub.relayed();
    }
    const storedAfter = await sumOver(hubs, (hub) => hub.storedBytes());
    const metered = await meteredBy(hubs);
    if (workload.hasApp) for (const hub of hubs) await hub.passDay();
    const archiving = counters.take();
    const archived = { minutes: 0, hours: 0, days: 0 };
    for (const hub of hubs) await hub.addArchived(archived);
    vi.useRealTimers();
    expect(replay.published).toBeCloseTo(
      replayedHubs * workload.devicesPerHub * workload.messagesPerSecond * replayedSeconds,
      -3,
    );
    // The hubs' own meters, against the wrappers.
    expect(metered.messages / (setup.frames + steady.frames)).toBeCloseTo(1, 2);
    expect(metered.alarms).toBe(steady.alarms);
    expect(metered.rowsWritten).toBeGreaterThanOrEqual(setup.rowsWritten + steady.rowsWritten + steady.setAlarms);
    if (workload.hasApp) {
      expect(replay.relayed / replay.published).toBeCloseTo(0.1, 2);
      expect(archived.minutes).toBeGreaterThan(0);
    }
    const whole: Replay = { ...replay, steady, storedAfter, metered, archiving, archived };
    console.log(`${marker}${JSON.stringify(whole)}`);
  },
  600_000,
);

class ReplayedHub {
  readonly #hub: TestHub;
  readonly #workload: Workload;
  readonly #devices: { id: string; waiting: Buffer[]; published: number }[];
  readonly #app: TestClient | null;
  published = 0;

  private constructor(hub: TestHub, workload: Workload, deviceIds: string[], app: TestClient | null) {
    this.#hub = hub;
    this.#workload = workload;
    this.#devices = deviceIds.map((id) => ({ id, waiting: [], published: 0 }));
    this.#app = app;
  }

  static async start(workload: Workload): Promise<ReplayedHub> {
    const hub = new TestHub();
    await runInDurableObject(hub.stub, (_, { storage }) => counters.wrapStorage(storage));
    const deviceIds: string[] = [];
    for (let i = 0; i < workload.devicesPerHub; i++) {
      const device = await hub.addDevice();
      deviceIds.push(device.id);
      counters.workerRequest();
      await hub.device(device, { clientId: device.id, keepalive: workload.hasApp ? 0 : keepAliveSeconds, ...version });
    }
    if (!workload.hasApp) return new ReplayedHub(hub, workload, deviceIds, null);
    counters.workerRequest();
    const app = await hub.app({ clientId: "app", keepalive: 0, ...version });
    // One of five streams of every second device: a tenth.
    const some = deviceIds.filter((_, i) => i % 2 === 0);
    await app.subscribe(...some.map((id) => `devices/${id}/streams/${streamNames[0]}`));
    return new ReplayedHub(hub, workload, deviceIds, app);
  }

  /** Lets time pass, second by second. Returns how long it took in real time, in milliseconds. */
  async pass(from: number, seconds: number): Promise<number> {
    const frames = this.#framesOf(from, seconds);
    const now = Date.now();
    const begun = performance.now();
    await runInDurableObject(this.#hub.stub, (hub: UserHub, state) => {
      counters.wrapStorage(state.storage);
      const sockets = new Map(state.getWebSockets().map((socket) => [clientIdOf(socket), socket]));
      for (const { second, clientId, bytes } of frames) {
        vi.setSystemTime(now + (second - from) * 1000);
        const socket = sockets.get(clientId);
        if (!socket) throw new Error(`${clientId} is not connected any more.`);
        hub.webSocketMessage(socket, bytes);
      }
      vi.setSystemTime(now + seconds * 1000);
      counters.settle();
    });
    const took = performance.now() - begun;
    const alarmAt = await runInDurableObject(this.#hub.stub, (_, state) => state.storage.getAlarm());
    if (alarmAt !== null && alarmAt <= Date.now()) {
      counters.alarm();
      await runDurableObjectAlarm(this.#hub.stub);
    }
    return took;
  }

  #framesOf(from: number, seconds: number): { second: number; clientId: string; bytes: ArrayBuffer }[] {
    const { messagesPerSecond, messagesPerFrame } = this.#workload;
    const frames: { second: number; clientId: string; bytes: ArrayBuffer }[] = [];
    for (let second = from; second < from + seconds; second++) {
      const isPing = second % keepAliveSeconds === keepAliveSeconds - 1;
      for (const [i, device] of this.#devices.entries()) {
        if (messagesPerSecond === 0 && isPing) frames.push({ second, clientId: device.id, bytes: ping });
        while (device.published < messagesPerSecond * (second + 1) - 1) {
          const stream = streamNames[device.published % streamNames.length] as string;
          const value = (20 + i + Math.sin(device.published / 100) * 5).toFixed(2);
          const packet = publishPacket(`devices/${device.id}/streams/${stream}`, value);
          device.waiting.push(mqttPacket.generate(packet, version));
          device.published++;
          this.published++;
          if (device.waiting.length < messagesPerFrame) continue;
          const bytes = new Uint8Array(Buffer.concat(device.waiting.splice(0))).buffer;
          frames.push({ second, clientId: device.id, bytes });
        }
      }
      // It is only told, and so has to ping.
      if (this.#app && isPing) frames.push({ second, clientId: "app", bytes: ping });
    }
    return frames;
  }

  /** Messages that the app was sent, once all have come. */
  async relayed(): Promise<number> {
    let relayed = 0;
    for (let isSilent = !this.#app; !isSilent;) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const packets = this.#app?.remainingHex() ?? [];
      relayed += packets.filter((hex) => hex.startsWith("3")).length;
      isSilent = packets.length === 0;
    }
    return relayed;
  }

  /** Lets the night pass: alarms run until the day's streams are archived. */
  async passDay(): Promise<void> {
    const midnight = (Math.floor(Date.now() / dayMs) + 1) * dayMs;
    const now = Date.now();
    for (let alarms = 0; alarms < 20; alarms++) {
      const at = await runInDurableObject(this.#hub.stub, (_, { storage }) => {
        counters.wrapStorage(storage);
        return storage.getAlarm();
      });
      if (at === null || at > midnight + dayMs / 2) break;
      vi.setSystemTime(Math.max(at, Date.now()));
      counters.alarm();
      await runDurableObjectAlarm(this.#hub.stub);
    }
    vi.setSystemTime(now);
  }

  /** Adds the bytes that are in R2 of this hub. */
  async addArchived(bytes: Replay["archived"]): Promise<void> {
    for (const folder of ["minutes", "hours", "days"] as const) {
      const { objects } = await env.ARTIFACTS.list({ prefix: `streams/${folder}/${this.#hub.id}/` });
      for (const { size } of objects) bytes[folder] += size;
    }
  }

  storedBytes(): Promise<number> {
    return runInDurableObject(this.#hub.stub, (_, state) => state.storage.sql.databaseSize);
  }

  get stub() {
    return this.#hub.stub;
  }
}

/** MQTT 3.1.1 may leave the keep alive out; so nobody is taken for lost in the night that `passDay` leaves out. */
const version = { protocolVersion: 4 } as const;
const ping = new Uint8Array([0xc0, 0]).buffer;

function clientIdOf(socket: WebSocket): string {
  const state = socket.deserializeAttachment() as ConnectionState;
  return state.session?.clientId ?? "";
}

async function sumOver(hubs: ReplayedHub[], count: (hub: ReplayedHub) => Promise<number>): Promise<number> {
  let sum = 0;
  for (const hub of hubs) sum += await count(hub);
  return sum;
}

/** What the hubs say themselves, without the question. */
async function meteredBy(hubs: ReplayedHub[]): Promise<Replay["metered"]> {
  const sum = [0, 0, 0, 0, 0];
  for (const { stub } of hubs) {
    const answer = await stub.usage(0, Math.floor(Date.now() / 86_400_000));
    if (!answer.ok) throw new Error(answer.message);
    for (const { counts } of answer.value) {
      for (const usage of counts.values()) for (const [i, count] of usage.entries()) (sum[i] as number) += count;
    }
  }
  const [messages = 0, requests = 0, alarms = 0, rowsRead = 0, rowsWritten = 0] = sum;
  return { messages, requests: requests - hubs.length, alarms, rowsRead, rowsWritten };
}
