// Devices, their tags and the generation of their credential.
import { type SQL, and, asc, eq, getTableColumns, gt, sql } from "drizzle-orm";
import type { SQLiteUpdateSetSource } from "drizzle-orm/sqlite-core";
import type { Device, DeviceRef, DeviceStore, NewNotice, Page } from "../store.ts";
import type { Backend, Database, Tables } from "../backend.ts";
import { insertNotice, noRow, selectNotice } from "./notices.ts";

type Row = Tables["devices"]["$inferSelect"];

function deviceOf({ nameKey: _nameKey, lastGen: _lastGen, tags, attributes, grants, ...rest }: Row): Device {
  return { ...rest, tags: JSON.parse(tags), attributes: JSON.parse(attributes), grants: JSON.parse(grants) };
}

/** How names are compared. */
function keyOfName(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

export function deviceStore({ db, tables, batch }: Backend): DeviceStore {
  const { devices, deviceTags } = tables;

  function owned({ userId, deviceId }: DeviceRef): SQL | undefined {
    return and(eq(devices.id, deviceId), eq(devices.userId, userId));
  }

  /** Commits a change of the device with its notice; reads back what became of it. */
  async function change(
    ref: DeviceRef,
    set: SQLiteUpdateSetSource<Tables["devices"]>,
    notice: NewNotice | null,
    tags?: string[],
  ) {
    const given = notice ?? { id: "", now: 0, retryAt: 0 };
    const [, , [row], [noticed]] = await batch((tx) => [
      // First: on MySQL it makes changes of one device wait for each other, where two that read first would deadlock.
      tx
        .update(devices)
        .set({ ...set, version: sql`${devices.version} + 1` })
        .where(owned(ref)),
      insertNotice(tx, tables, devices, notice ? owned(ref) : noRow, given),
      tx.select().from(devices).where(owned(ref)),
      selectNotice(tx, tables, given),
      ...(tags ? retag(tx, ref, tags) : []),
    ]);
    return row ? { device: deviceOf(row), noticed: noticed !== undefined } : null;
  }

  function retag(tx: Database, ref: DeviceRef, tags: string[]) {
    return [
      tx.delete(deviceTags).where(and(eq(deviceTags.deviceId, ref.deviceId), eq(deviceTags.userId, ref.userId))),
      ...tags.map((tag) =>
        tx.insert(deviceTags).select(
          tx
            .select({ userId: devices.userId, tag: sql<string>`${tag}`.as("tag"), deviceId: devices.id })
            .from(devices)
            .where(owned(ref)),
        ),
      ),
    ];
  }

  return {
    async create({ tags, attributes, grants, ...device }) {
      const row = {
        ...device,
        nameKey: keyOfName(device.name),
        tags: JSON.stringify(tags),
        attributes: JSON.stringify(attributes),
        grants: JSON.stringify(grants),
        lastGen: 0,
        gen: null,
        version: 1,
        updatedAt: device.createdAt,
      };
      await batch((tx) => [
        tx.insert(devices).values(row),
        ...tags.map((tag) => tx.insert(deviceTags).values({ userId: device.userId, tag, deviceId: device.id })),
      ]);
    },

    async find(ref) {
      const [row] = await db.select().from(devices).where(owned(ref));
      return row ? deviceOf(row) : null;
    },

    async list({ userId, cursor, limit, name, tag }): Promise<Page<Device>> {
      // instr, not LIKE: the same on every back end, no wildcards to escape, no limit on the pattern's length.
      const named = name === null ? undefined : sql`instr(${devices.nameKey}, ${keyOfName(name)}) > 0`;
      const columns = getTableColumns(devices);
      const rows =
        tag === null
          ? await db
              .select(columns)
              .from(devices)
              .where(and(eq(devices.userId, userId), cursor === null ? undefined : gt(devices.id, cursor), named))
              .orderBy(asc(devices.id))
              .limit(limit + 1)
          : await db
              .select(columns)
              .from(deviceTags)
              .innerJoin(devices, eq(devices.id, deviceTags.deviceId))
              .where(
                and(
                  eq(deviceTags.userId, userId),
                  eq(deviceTags.tag, tag),
                  cursor === null ? undefined : gt(deviceTags.deviceId, cursor),
                  named,
                ),
              )
              .orderBy(asc(deviceTags.deviceId))
              .limit(limit + 1);
      const items = rows.slice(0, limit).map(deviceOf);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    async update(ref, { name, model, tags, attributes, grants, checkInSeconds }, notice) {
      const set = {
        ...(name === undefined ? {} : { name, nameKey: keyOfName(name) }),
        ...(model === undefined ? {} : { model }),
        ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
        ...(attributes === undefined ? {} : { attributes: JSON.stringify(attributes) }),
        ...(grants === undefined ? {} : { grants: JSON.stringify(grants) }),
        ...(checkInSeconds === undefined ? {} : { checkInSeconds }),
        updatedAt: notice.now,
      };
      const concernsHub = [name, model, tags, grants, checkInSeconds].some((field) => field !== undefined);
      return change(ref, set, concernsHub ? notice : null, tags);
    },

    async issueCredential(ref, notice) {
      const next = sql`${devices.lastGen} + 1`;
      return change(ref, { lastGen: next, gen: next, updatedAt: notice.now }, notice);
    },

    async revokeCredentials(ref, notice) {
      return change(ref, { gen: null, updatedAt: notice.now }, notice);
    },

    async delete(ref, notice) {
      const [, , deleted, [noticed]] = await batch((tx) => [
        insertNotice(tx, tables, devices, owned(ref), notice),
        tx.delete(deviceTags).where(and(eq(deviceTags.deviceId, ref.deviceId), eq(deviceTags.userId, ref.userId))),
        tx.delete(devices).where(owned(ref)),
        selectNotice(tx, tables, notice),
      ]);
      return deleted > 0 ? { deleted: true, noticed: noticed !== undefined } : null;
    },
  };
}
