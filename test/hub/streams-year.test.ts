// A year of one device, a datapoint every thirty seconds: more than a million, through the broker, archived day by day. What is
// told of it comes from few objects and few rows.
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { archiveFinishedDays } from "../../durable-objects/user-hub/streams/archiver.ts";
import { dayMs } from "../../src/domain/streams/series.ts";
import { StreamArchive } from "../../src/store/stream-archive.ts";
import { historyOf } from "../support/streams.ts";
import { inVirtualHub } from "../support/virtual-hub.ts";

const days = 365;
const minutesOfDay = 1440;
const retention = { raw: 30, minute: 400, hour: 1100, day: 3660 };

/** Two readings of a minute: something like the temperature of a room, with one decimal. */
function readings(minute: number): [number, number] {
  const base = 20 + 5 * Math.sin((minute / minutesOfDay) * 2 * Math.PI) + (minute % 7) / 10;
  return [Math.round(base * 10) / 10, Math.round((base + 0.3) * 10) / 10];
}

it(
  "a million datapoints of a year are told in full, each answer from a bounded number of rows and objects",
  () =>
    inVirtualHub(
      async (hub) => {
        hub.now = Math.ceil(hub.now / dayMs) * dayMs;
        const start = hub.now;
        const own = await hub.addDevice();
        const topic = `devices/${own.id}/streams/t`;
        const device = hub.connect({ password: own.password, keepalive: 0, protocolVersion: 4 });
        // The hub sleeps in other tests; copying a million attachments would take most of this one's time.
        device.serializeAttachment = () => {};
        const archive = new StreamArchive(env.ARTIFACTS);
        const rowsWritten = hub.countRowsWritten();
        for (let day = 0; day < days; day++) {
          for (let minute = 0; minute < minutesOfDay; minute++) {
            const [one, two] = readings(day * minutesOfDay + minute);
            device.sendBytes(publishes(topic, one, two));
            hub.now += 60_000;
          }
          hub.pass(0);
          if (day === days - 1) break;
          await archiveFinishedDays({ hubId: hub.id, store: hub.parts.streams.store, archive, retention }, hub.now);
        }
        // A row an hour for each flush, and a few more; the limit of the object is a hundred times as many.
        expect(rowsWritten()).toBeLessThan(days * 24 * 4);

        const end = hub.now;
        const told = [
          { resolution: "day", from: start, to: end, points: days, objects: 2 },
          { resolution: "hour", from: start, to: end, points: days * 24, objects: 13 },
          { resolution: "hour", from: start + 90 * dayMs, to: start + 120 * dayMs, points: 30 * 24, objects: 2 },
          {
            resolution: "minute",
            from: start + 200 * dayMs,
            to: start + 201 * dayMs,
            points: minutesOfDay,
            objects: 1,
          },
          { resolution: "minute", from: end - dayMs, to: end, points: minutesOfDay, objects: 0 },
        ] as const;
        for (const { resolution, from, to, points, objects } of told) {
          const rowsRead = hub.countRowsRead();
          const history = await historyOf(hub, { deviceId: own.id, name: "t", resolution, from, to });
          const what = `${resolution}, ${points} points`;
          // Two days at most are not archived, an hour a row.
          expect(rowsRead(), what).toBeLessThanOrEqual(50);
          expect(history.objects, what).toBeLessThanOrEqual(objects);
          expect(history.all, what).toHaveLength(points);
          expect(history.count, what).toBe(Math.round((to - from) / 30_000));
          expect(Math.max(...history.all.map(({ sum, count }) => sum / count)), what).toBeLessThan(27);
        }
        expect(days * minutesOfDay * 2).toBeGreaterThan(1_000_000);

        // One minute, one hour and one day as they are by definition.
        const minute = 77 * minutesOfDay + 123;
        const all = (first: number, count: number) =>
          Array.from({ length: count }, (_, i) => readings(first + i)).flat();
        for (const [resolution, length] of [
          ["minute", 1],
          ["hour", 60],
          ["day", minutesOfDay],
        ] as const) {
          const first = Math.floor(minute / length) * length;
          const from = start + first * 60_000;
          const query = { deviceId: own.id, name: "t", resolution, from, to: from + length * 60_000 };
          const [slot] = (await historyOf(hub, query)).all;
          const values = all(first, length);
          expect(slot).toMatchObject({ count: values.length, min: Math.min(...values), max: Math.max(...values) });
          expect(slot?.sum).toBeCloseTo(
            values.reduce((sum, value) => sum + value, 0),
            6,
          );
        }
      },
      { streamFlushSeconds: 3600 },
    ),
  120_000,
);

/** Two PUBLISH packets of QoS 0 in one frame. */
function publishes(topic: string, one: number, two: number): Uint8Array {
  return Buffer.concat([one, two].map((value) => publishPacket(topic, String(value))));
}

function publishPacket(topic: string, payload: string): Buffer {
  const length = 2 + topic.length + payload.length;
  return Buffer.from(
    `\x30${String.fromCharCode(length)}\0${String.fromCharCode(topic.length)}${topic}${payload}`,
    "latin1",
  );
}
