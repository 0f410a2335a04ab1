// Exports as the store keeps them, on whichever database this project runs.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { firstExportState } from "../../src/domain/exports.ts";
import { newId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/store/open-store.ts";

const { exports } = openStore(env);
const now = Date.now();

async function created(userId = newId("usr")) {
  const id = newId("exp");
  await exports.create({ id, userId, now, dueAt: now + 1000 });
  return { exportId: id, userId };
}

function progressOf(lines: number) {
  return { state: { ...firstExportState, lines }, bytes: lines * 10, partsDone: 1, partsKnown: 4 };
}

describe("an export", () => {
  it("is one at a time of a user, until it is over", async () => {
    const { exportId, userId } = await created();
    await expect(created(userId)).rejects.toMatchObject({ code: "conflict" });
    expect(await exports.findActive(userId)).toMatchObject({ id: exportId, status: "pending" });
    const lease = { exportId, lease: "one" };
    expect(await exports.claim({ ...lease, now, dueAt: now + 1000 })).toMatchObject({ status: "running", attempts: 1 });
    const ending = { status: "done", error: null, dueAt: now + 9000, finishedAt: now + 5 } as const;
    expect(await exports.finish(lease, { ...progressOf(3), ...ending })).toBe(true);
    expect(await exports.findActive(userId)).toBeNull();
    const second = await created(userId);
    expect(await exports.count(userId)).toBe(2);
    const { items, nextCursor } = await exports.list({ userId, cursor: null, limit: 1 });
    expect(items).toEqual([
      { id: exportId, userId, bytes: 30, partsDone: 1, partsKnown: 4, createdAt: now, ...ending },
    ]);
    expect((await exports.list({ userId, cursor: nextCursor, limit: 1 })).items[0]?.id).toBe(second.exportId);
  });

  it("is worked on by one of many, and by the next when that one is forgotten", async () => {
    const { exportId } = await created();
    const claims = await Promise.all(
      ["a", "b", "c"].map((lease) => exports.claim({ exportId, lease, now, dueAt: now + 1000 })),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    const later = { exportId, lease: "later" };
    expect(await exports.claim({ ...later, now: now + 999, dueAt: now + 2000 })).toBeNull();
    expect(await exports.claim({ ...later, now: now + 1000, dueAt: now + 2000 })).toMatchObject({ attempts: 2 });
    expect(await exports.save({ exportId, lease: "a" }, progressOf(1), now)).toBe(false);
    expect(await exports.save(later, progressOf(2), now + 3000)).toBe(true);
    const next = await exports.claim({ exportId, lease: "next", now, dueAt: now + 4000 });
    expect(next).toMatchObject({ attempts: 1, state: { lines: 2 }, bytes: 20 });
    await exports.release({ exportId, lease: "next" });
    expect(await exports.claim({ exportId, lease: "last", now, dueAt: now })).toMatchObject({ attempts: 2 });
  });

  it("is found when it is due, and is its owner's alone", async () => {
    const early = -now;
    const { exportId, userId } = await created();
    await exports.postpone(exportId, early);
    expect(await exports.due(early, 5)).toEqual([{ exportId, userId, isActive: true }]);
    await exports.postpone(exportId, now);
    expect(await exports.due(early, 5)).toEqual([]);
    expect(await exports.find({ exportId, userId: newId("usr") })).toBeNull();
    expect(await exports.delete({ exportId, userId: newId("usr") })).toBe(false);
    expect(await exports.delete({ exportId, userId })).toBe(true);
    expect(await exports.claim({ exportId, lease: "x", now: now + 9000, dueAt: now })).toBeNull();
  });
});
