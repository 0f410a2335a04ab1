// What models and tags desire reaches the shadows of their devices, by the ordinary way and no more of it than changes.
import { describe, expect, it } from "vitest";
import type { Configuration, ConfigurationCall } from "../../src/domain/configurations/configuration.ts";
import { noGrants } from "../../src/domain/access.ts";
import { newId } from "../../src/domain/ids.ts";
import { evictions, keys, TestHub } from "../support/hub.ts";
import { signDeviceCredential } from "../../src/identity/tokens.ts";
import { configurationOf, Fleet, large, onFleet, pauses } from "../support/configured-fleet.ts";
import { inVirtualHub } from "../support/virtual-hub.ts";
import { unwrap } from "../../src/errors.ts";

describe("what is desired of a device", () => {
  it(
    "comes of its model, then its tags by name, and follows them",
    onFleet((fleet) => {
      const id = fleet.place({ model: "lamp", tags: ["b", "a"] });
      fleet.make({ kind: "tag", key: "b", desired: { x: "b" } });
      fleet.make({ kind: "tag", key: "a", desired: { x: "a", y: "a" } });
      const model = fleet.make({ kind: "model", key: "lamp", desired: { x: "m", y: "m", z: { deep: 1 } } });
      expect(fleet.shadow(id).desired).toEqual({ x: "b", y: "a", z: { deep: 1 } });
      fleet.hub.evict();
      unwrap(fleet.change(model, { z: { deep: 2 } }));
      expect(fleet.shadow(id).desired).toEqual({ x: "b", y: "a", z: { deep: 2 } });
      fleet.place({ model: "lamp", tags: ["a"] }, id);
      expect(fleet.shadow(id).desired).toEqual({ x: "a", y: "a", z: { deep: 2 } });
      fleet.hub.crash();
      fleet.place({ model: null, tags: [] }, id);
      expect(fleet.shadow(id).desired).toBeUndefined();
      expect(fleet.history(id)[0]).toMatchObject({ author: "usr_d", configurationId: null, desired: {} });
      expect(fleet.history(id)[1]).toMatchObject({ author: "usr_d", desired: { x: "a" } });
      expect(fleet.shadow(fleet.place({ tags: ["b"] })).desired).toEqual({ x: "b" });
    }),
  );

  it.each(pauses)(
    "stays what was set on the device itself, and goes with a configuration that is deleted, the hub %s",
    (_, pause) =>
      onFleet((fleet) => {
        const [own, other] = [fleet.place({ tags: ["garden"] }), fleet.place({ tags: ["garden"] })];
        const garden = fleet.make({ desired: { led: "on", seconds: 60 } });
        pause(fleet.hub);
        unwrap(fleet.set(own, { desired: { led: "red" } }));
        pause(fleet.hub);
        unwrap(fleet.change(garden, { led: "off", seconds: 30 }));
        pause(fleet.hub);
        expect(fleet.shadow(own).desired).toEqual({ led: "red", seconds: 30 });
        expect(fleet.shadow(other).desired).toEqual({ led: "off", seconds: 30 });
        // What was removed stays so; what is set to what the garden gives follows it again.
        unwrap(fleet.set(other, { desired: { seconds: null } }));
        unwrap(fleet.set(own, { desired: { led: "off" } }));
        pause(fleet.hub);
        const back = { type: "rollback", id: garden.id, to: 1, author: "usr_b", now: fleet.hub.now } as const;
        unwrap(fleet.ask(back));
        pause(fleet.hub);
        expect(fleet.shadow(own).desired).toEqual({ led: "on", seconds: 60 });
        expect(fleet.shadow(other).desired).toEqual({ led: "on" });
        unwrap(fleet.set(own, { desired: { led: "red" } }));
        pause(fleet.hub);
        unwrap(fleet.ask({ type: "delete", id: garden.id, author: "usr_e" }));
        pause(fleet.hub);
        expect(fleet.shadow(own).desired).toEqual({ led: "red" });
        const ofGarden = { configurationId: garden.id };
        expect(fleet.history(own)).toMatchObject([
          { author: "usr_e", ...ofGarden, desired: { led: "red" } },
          { author: "usr_c", configurationId: null },
          { author: "usr_b", ...ofGarden, desired: { led: "on", seconds: 60 } },
          { author: "usr_c", configurationId: null, desired: { led: "off", seconds: 30 } },
          { author: "usr_b", ...ofGarden, desired: { led: "red", seconds: 30 } },
          { author: "usr_c", configurationId: null },
          { author: "usr_a", ...ofGarden },
        ]);
        expect(fleet.shadow(other).desired).toBeUndefined();
      })(),
  );

  it(
    "writes two rows a device for a change, none for devices that are not concerned, none for the same again",
    onFleet((fleet) => {
      const id = fleet.place({ tags: ["garden"] });
      fleet.place({ tags: ["house"] });
      const garden = fleet.make({ desired: { led: "on" } });
      const rows = fleet.hub.countRowsWritten();
      unwrap(fleet.change(garden, { led: "off" }));
      // Configuration and its history; shadow and its history.
      expect(rows()).toBe(4);
      const again = JSON.parse(unwrap(fleet.change(garden, { led: "off" })));
      expect(again).toMatchObject({ configuration: { version: 2 }, isAtVersion: true });
      unwrap(fleet.ask({ type: "rollback", id: garden.id, to: 2, author: "usr_b", now: fleet.hub.now }));
      expect(rows()).toBe(4);
      expect(fleet.shadow(id).version).toBe(2);
    }),
  );

  it(
    "reaches many devices in several events, across a crash",
    onFleet((fleet) => {
      const ids = Array.from({ length: 1000 }, () => newId("dev")).toSorted();
      for (const id of ids.toReversed()) fleet.place({ tags: ["garden"] }, id);
      const rows = fleet.hub.countRowsWritten();
      const garden = fleet.make({ desired: { led: "on" } });
      const afterOne = fleet.status(garden);
      expect(afterOne.differing.count).toBe(100);
      expect(afterOne.pending).toMatchObject({ count: 900 });
      expect(afterOne.pending.deviceIds).toHaveLength(100);
      fleet.hub.crash();
      fleet.hub.pass(5);
      expect(fleet.status(garden)).toMatchObject({ devices: 1000, differing: { count: 1000 }, pending: { count: 0 } });
      expect(fleet.shadow(ids[999] as string).desired).toEqual({ led: "on" });
      expect(fleet.history(ids[999] as string)).toMatchObject([{ author: "usr_a", configurationId: garden.id }]);
      // Two a device, two of the configuration, and one for each event but the last, and the last's removal.
      expect(rows()).toBeLessThan(2030);
      expect(fleet.hub.alarmAt === null || fleet.hub.alarmAt > fleet.hub.now).toBe(true);
    }),
  );
});

describe("a roll-back", () => {
  it.each(pauses)("reaches whom the change has reached, and whom it has not, the hub %s", (_, pause) =>
    onFleet((fleet) => {
      const ids = Array.from({ length: 150 }, () => newId("dev")).toSorted();
      fleet.placeAll(ids, { tags: ["garden"] });
      const [first, last] = [ids[0] as string, ids[149] as string];
      const garden = fleet.make({ desired: { led: "on" } });
      fleet.hub.pass(1);
      unwrap(fleet.change(garden, { led: "off" }));
      expect(fleet.status(garden)).toMatchObject({ pending: { count: 50 } });
      pause(fleet.hub);
      unwrap(fleet.ask({ type: "rollback", id: garden.id, to: 1, author: "usr_b", now: fleet.hub.now }));
      pause(fleet.hub);
      const rows = fleet.hub.countRowsWritten();
      fleet.hub.pass(1);
      expect(fleet.status(garden)).toMatchObject({ version: 3, differing: { count: 150 }, pending: { count: 0 } });
      expect(fleet.shadow(first)).toMatchObject({ desired: { led: "on" }, version: 3 });
      expect(fleet.shadow(last)).toMatchObject({ desired: { led: "on" }, version: 1 });
      // Nobody else was to be told anything: the end of the pass is all that is written.
      expect(rows()).toBeLessThan(4);
      expect(fleet.history(first).map(({ author }: { author: string }) => author)).toEqual(["usr_b", "usr_b", "usr_a"]);
    })(),
  );
});

describe("a change for many devices with much to say", () => {
  it(
    "is told to fewer at once",
    onFleet((fleet) => {
      for (let i = 0; i < 60; i++) fleet.place({ tags: ["garden"] });
      const garden = fleet.make({ desired: large("") });
      const { differing, pending } = fleet.status(garden);
      expect(differing.count).toBeGreaterThan(5);
      expect(differing.count).toBeLessThan(40);
      expect(pending.count).toBe(60 - differing.count);
      fleet.hub.pass(1);
      expect(fleet.status(garden)).toMatchObject({ differing: { count: 60 }, pending: { count: 0 } });
    }),
  );

  it(
    "by other tags of theirs is told to those first that there is time for, across a crash",
    onFleet((fleet) => {
      const garden = fleet.make({ desired: large("") });
      const ids = Array.from({ length: 60 }, () => newId("dev")).toSorted();
      fleet.placeAll(ids, { tags: ["garden"] });
      const { differing, pending } = fleet.status(garden);
      expect(differing.count).toBeGreaterThan(5);
      expect(differing.count).toBeLessThan(40);
      expect(pending.count).toBe(60 - differing.count);
      fleet.hub.crash();
      fleet.hub.pass(1);
      expect(fleet.status(garden)).toMatchObject({ differing: { count: 60 }, pending: { count: 0 } });
      expect(fleet.history(ids[59] as string)).toMatchObject([{ author: "usr_d", configurationId: garden.id }]);
    }),
  );

  it(
    "is tried on some after others, and refused if one has become one that it would not be valid for",
    onFleet((fleet) => {
      const ids = Array.from({ length: 150 }, () => newId("dev")).toSorted();
      fleet.placeAll(ids, { model: "lamp", tags: ["garden"] });
      for (const [i, id] of ids.entries()) {
        unwrap(fleet.set(id, { desired: { ...large(`${i}`), ...(i < 100 && { led: "on" }) } }));
        fleet.hub.now += 1000;
      }
      const schema = { properties: { own: { maxLength: 9 }, led: { enum: ["on", "off"] } } };
      const configuration = configurationOf({ kind: "model", key: "lamp", schema }, fleet.hub.now);
      const call: ConfigurationCall = { type: "create", configuration };
      const prepare = (asked: ConfigurationCall) =>
        fleet.hub.broker.within(() => fleet.hub.parts.configurations.prepare(asked));
      const read = fleet.hub.countRowsRead();
      expect(prepare(call)).toBe(true);
      // Its page of devices, and the shadows of some.
      expect(read()).toBeLessThan(250);
      unwrap(fleet.set(ids[0] as string, { desired: { own: "much too long" } }));
      while (prepare(call));
      const again = fleet.hub.countRowsRead();
      const refused = { ok: false, code: "bad_request", message: expect.stringContaining(`${ids[0]}: `) };
      expect(fleet.ask(call)).toMatchObject(refused);
      // All devices, and one shadow with its history: the others were tried before.
      expect(again()).toBeLessThan(160);

      // So it is if another configuration comes in between, for a device that has not been told yet.
      unwrap(fleet.set(ids[0] as string, { desired: { own: "short" } }));
      while (prepare(call));
      const red = fleet.make({ desired: { led: "red" } });
      expect(fleet.ask(call)).toMatchObject({ ...refused, message: expect.stringContaining(`${ids[100]}: `) });
      unwrap(fleet.ask({ type: "delete", id: red.id, author: "usr_b" }));
      while (prepare(call));
      expect(fleet.ask(call)).toMatchObject({ ok: true });
    }),
  );
});

describe("a schema", () => {
  const schema = { properties: { led: { enum: ["on", "off"] } } };

  it(
    "refuses what would not be valid for a device, whoever desires it, and takes the model's earlier form back",
    onFleet((fleet) => {
      const id = fleet.place({ model: "lamp", tags: ["garden"] });
      const model = fleet.make({ kind: "model", key: "lamp", desired: { led: "on" }, schema });
      const refused = { ok: false, code: "bad_request", message: expect.stringContaining("/led: ") };
      expect(fleet.set(id, { desired: { led: "red" } })).toMatchObject(refused);
      expect(fleet.set(id, { reported: { led: "red" } })).toMatchObject({ ok: true });
      fleet.hub.evict();
      const configuration = configurationOf({ desired: { led: "red" } }, fleet.hub.now);
      const made = fleet.ask({ type: "create", configuration });
      expect(made).toMatchObject({ ...refused, message: expect.stringContaining(id) });
      expect(fleet.ask({ type: "get", id: configuration.id })).toMatchObject({ ok: false, code: "not_found" });
      expect(fleet.change(model, { led: 7 })).toMatchObject(refused);
      fleet.make({ key: "red", desired: { led: "red" } });
      const asked = { type: "checkDevice", deviceId: id } as const;
      expect(fleet.ask({ ...asked, tags: ["red"] })).toMatchObject(refused);
      expect(fleet.ask({ ...asked, tags: ["red"], model: null })).toMatchObject({ ok: true });
      // Told without having asked: the device stays as it is.
      fleet.place({ model: "lamp", tags: ["red"] }, id);
      expect(fleet.shadow(id).desired).toEqual({ led: "on" });
      expect(fleet.status(model)).toMatchObject({ pending: { count: 1, deviceIds: [id] } });

      fleet.place({ model: "lamp" }, id);
      unwrap(fleet.change(model, { led: "off" }));
      const [now] = [fleet.hub.now];
      const back = fleet.ask({ type: "rollback", id: model.id, to: 1, author: "usr_b", now });
      expect(JSON.parse(unwrap(back))).toMatchObject({ configuration: { version: 3, desired: { led: "on" } } });
      expect(fleet.ask({ type: "rollback", id: model.id, to: 9, author: "usr_b", now })).toMatchObject({ ok: false });
    }),
  );

  it("is checked no more often than the hub may store", () =>
    inVirtualHub(
      async (hub) => {
        const fleet = new Fleet(hub);
        const id = fleet.place({ model: "lamp" });
        fleet.make({ kind: "model", key: "lamp", schema });
        const codes = Array.from({ length: 30 }, (_, i) => fleet.set(id, { desired: { led: `red ${i}` } })).map(
          (result) => !result.ok && result.code,
        );
        expect(codes[0]).toBe("bad_request");
        expect(codes.at(-1)).toBe("quota_exceeded");
        hub.pass(10);
        expect(fleet.set(id, { desired: { led: "on" } }).ok).toBe(true);
      },
      { maxStoredPerSecond: 5 },
    ));

  it(
    "that would not be taken today is not applied, says so, and lives until it is replaced",
    onFleet((fleet) => {
      const id = fleet.place({ model: "lamp" });
      const pattern = { properties: { led: { pattern: "^(a+)+$" } } };
      const model = fleet.make({ kind: "model", key: "lamp", desired: {}, schema: pattern });
      fleet.hub.evict();
      const led = `${"a".repeat(64)}!`;
      unwrap(fleet.set(id, { desired: { led } }));
      expect(fleet.shadow(id).desired).toEqual({ led });
      expect(fleet.status(model)).toMatchObject({
        schemaFault: expect.stringMatching(/led\/pattern: could take very long/),
      });
      const replace = (change: Partial<Configuration>) =>
        fleet.ask({ type: "change", id: model.id, version: null, change, author: "usr_b", now: fleet.hub.now });
      expect(replace({ schema })).toMatchObject({ ok: false, message: expect.stringContaining("/led: ") });
      unwrap(fleet.set(id, { desired: { led: "on" } }));
      unwrap(replace({ schema }));
      expect(fleet.status(model)).toMatchObject({ schemaFault: null });
      expect(fleet.set(id, { desired: { led } })).toMatchObject({ ok: false });
    }),
  );
});

describe("the status", () => {
  it(
    "says who is in sync, who rejected what is desired now, and who went away after the change",
    onFleet(async (fleet) => {
      const [done, refusing, away] = [0, 1, 2].map(() => fleet.place({ tags: ["garden"] })) as [string, string, string];
      const garden = fleet.make({ desired: { led: "on" } });
      unwrap(fleet.set(done, { reported: { led: "on" } }));
      const { version } = fleet.shadow(refusing);
      unwrap(fleet.set(refusing, { reported: { $rejected: { version, reason: "no led" } } }));
      const password = await signDeviceCredential(keys, { deviceId: away, hubId: fleet.hub.id, gen: 1 });
      const device = fleet.hub.connect({ password });
      expect(fleet.status(garden).wentOffline.count).toBe(0);
      fleet.hub.pass(10);
      device.drop();
      expect(fleet.status(garden)).toMatchObject({
        version: 1,
        devices: 3,
        inSync: { deviceIds: [done] },
        differing: { count: 2 },
        rejected: { deviceIds: [refusing], reasons: ["no led"] },
        wentOffline: { deviceIds: [away] },
      });
      unwrap(fleet.change(garden, { led: "off" }));
      expect(fleet.status(garden)).toMatchObject({ inSync: { count: 0 }, rejected: { count: 0 } });
    }),
  );
});

describe.each(evictions)("over MQTT, %s", (_, between) => {
  it("a device that was away gets one delta, and hears of what the schema refuses", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const about = { name: "Lamp", model: "lamp", tags: [] };
    await hub.stub.applyCredentials([{ subject: own.id, version: 2, gen: 1, grants: noGrants, about }]);
    const schema = { properties: { level: { maximum: 9 } } };
    const model = configurationOf({ kind: "model", key: "lamp", desired: { level: 1 }, schema }, Date.now());
    unwrap(await hub.stub.configurations({ type: "create", configuration: model }));
    await between(hub);
    for (const level of [2, 3]) {
      const change = { desired: { level } };
      unwrap(
        await hub.stub.configurations({ type: "change", id: model.id, version: null, change, author: "usr_a", now: 1 }),
      );
      await between(hub);
    }
    const device = await hub.device(own);
    await device.subscribe(`$aws/things/${own.id}/shadow/update/delta`, `$aws/things/${own.id}/shadow/update/rejected`);
    const delta = await device.nextMessage();
    expect(JSON.parse(delta.text)).toMatchObject({ state: { level: 3 }, version: 3 });
    await device.expectNoPacket();
    await between(hub);
    device.publish(`$aws/things/${own.id}/shadow/update`, '{"state":{"desired":{"level":10}},"clientToken":"t"}');
    const rejected = await device.nextMessage();
    expect(JSON.parse(rejected.text)).toMatchObject({
      code: 400,
      message: expect.stringMatching(/schema of model lamp: \/level: 10 is greater/),
      clientToken: "t",
    });
  });
});

it("the hub answers others while a change for many devices is tried", async () => {
  const hub = new TestHub();
  const about = { name: "Lamp", model: "lamp", tags: [] };
  const ids = Array.from({ length: 100 }, () => newId("dev"));
  await hub.stub.applyCredentials(ids.map((subject) => ({ subject, version: 1, gen: 1, grants: noGrants, about })));
  const body = new TextEncoder().encode(JSON.stringify({ state: { desired: large("a") } }));
  const desired = { body, author: "usr_a" };
  await Promise.all(ids.map((deviceId) => hub.stub.updateShadow({ deviceId, name: null }, desired)));
  const { stub } = hub;
  const configuration = configurationOf({ kind: "model", key: "lamp", desired: { led: "on" } }, Date.now());
  const answered: string[] = [];
  await Promise.all([
    stub.configurations({ type: "create", configuration }).then((made) => answered.push(`made: ${made.ok}`)),
    stub.presence(ids[0] as string).then(() => answered.push("present")),
  ]);
  expect(answered).toEqual(["present", "made: true"]);
});
