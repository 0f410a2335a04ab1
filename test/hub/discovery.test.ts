// Devices that announce themselves: entities, streams of what they publish, commands; and ours announced to others.
import { describe, expect, it } from "vitest";
import type { AnnouncedPage } from "../../src/domain/discovery/views.ts";
import { evictions, TestHub } from "../support/hub.ts";
import { countRowsWritten } from "../support/row-counter.ts";
import { inVirtualHub } from "../support/virtual-hub.ts";

const grants = { publish: ["homeassistant/#", "tele/#", "stat/#"], subscribe: ["cmnd/#"] };

async function entitiesOf(hub: TestHub, deviceId: string | null = null): Promise<AnnouncedPage> {
  const result = await hub.stub.announcedDevices({ deviceId, after: null, limit: 100 });
  if (!result.ok) throw new Error(result.message);
  return JSON.parse(result.value) as AnnouncedPage;
}

const device = { ids: ["ABC123"], name: "Lamp", mdl: "Sonoff Basic", mf: "Tasmota", sw: "14.2.0" };
const relay = JSON.stringify({
  name: "Power",
  uniq_id: "ABC123_RL_1",
  stat_t: "tele/lamp/STATE",
  val_tpl: "{{value_json.POWER}}",
  cmd_t: "cmnd/lamp/POWER",
  dev: device,
  avty_t: "tele/lamp/LWT",
  pl_avail: "Online",
  pl_not_avail: "Offline",
});
const rssi = JSON.stringify({
  name: "RSSI",
  stat_t: "tele/lamp/STATE",
  unit_of_meas: "%",
  val_tpl: "{{value_json.Wifi.RSSI | int}}",
  dev: { ids: ["ABC123"] },
});
const stateText = '{"POWER":"ON","Wifi":{"RSSI":72}}';

describe.each(evictions)("a device that announces itself, the hub %s", (_, step) => {
  it("has entities with their values, and streams with units and labels", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice(grants);
    const tasmota = await hub.device(own);
    const app = await hub.app();
    await app.subscribe(`devices/${own.id}/streams/+`);
    tasmota.publish("tele/lamp/LWT", "Online", { retain: true });
    tasmota.publish("homeassistant/switch/ABC123_RL_1/config", relay, { retain: true });
    tasmota.publish("homeassistant/sensor/ABC123_rssi/config", rssi, { retain: true });
    await tasmota.settle();
    await step(hub);
    tasmota.publish("tele/lamp/STATE", stateText);
    const heard = [await app.nextMessage(), await app.nextMessage()].map(({ topic, text }) => [topic, text]);
    expect(heard.toSorted()).toEqual([
      [`devices/${own.id}/streams/ABC123_RL_1.switch`, "true"],
      [`devices/${own.id}/streams/ABC123_rssi`, "72"],
    ]);
    await step(hub);
    const { items, problems } = await entitiesOf(hub, own.id);
    expect(problems).toEqual([]);
    expect(items).toMatchObject([
      {
        key: "ABC123",
        deviceId: own.id,
        name: "Lamp",
        model: "Sonoff Basic",
        entities: [
          { id: "sensor.ABC123_rssi", controls: [{ type: "number", unit: "%", value: 72, command: null }] },
          {
            id: "switch.ABC123_RL_1",
            available: true,
            problems: [],
            controls: [{ type: "boolean", value: true, stream: "ABC123_RL_1.switch" }],
          },
        ],
      },
    ]);
    const streams = await hub.stub.streams(own.id);
    expect(streams).toMatchObject({
      value: [{ name: "ABC123_RL_1.switch" }, { name: "ABC123_rssi", unit: "%", label: "Lamp RSSI", value: 72 }],
    });
  });

  it("gets commands as it asked for them, and is forgotten with an empty announcement", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice(grants);
    const tasmota = await hub.device(own);
    await tasmota.subscribe("cmnd/lamp/#");
    tasmota.publish("homeassistant/switch/ABC123_RL_1/config", relay, { retain: true });
    await tasmota.settle();
    await step(hub);
    const entityId = "switch.ABC123_RL_1";
    const sent = await hub.stub.commandEntity({ entityId, control: null, value: false });
    expect(sent).toEqual({ ok: true, value: { topic: "cmnd/lamp/POWER", recipients: 1 } });
    expect((await tasmota.nextMessage()).text).toBe("OFF");
    expect(await hub.stub.commandEntity({ entityId, control: null, value: "x" })).toMatchObject({
      code: "bad_request",
    });
    tasmota.publish("homeassistant/switch/ABC123_RL_1/config", "", { retain: true });
    await tasmota.settle();
    await step(hub);
    expect(await entitiesOf(hub)).toMatchObject({ items: [] });
    expect(await hub.stub.commandEntity({ entityId, control: null, value: true })).toMatchObject({ code: "not_found" });
  });

  it("opens no topics: neither to read others' nor to command what it does not hear", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice({ publish: ["homeassistant/#"] });
    const other = await hub.addDevice({ publish: ["secret"] });
    const spy = await hub.device(own);
    const victim = await hub.device(other);
    const config = { stat_t: "secret", cmd_t: `devices/${other.id}/set/door`, options: ["a"] };
    spy.publish("homeassistant/select/spy/config", JSON.stringify(config), { retain: true });
    await spy.settle();
    await step(hub);
    victim.publish("secret", "a");
    await victim.settle();
    expect(await hub.stub.streams(own.id)).toEqual({ ok: true, value: [] });
    const command = await hub.stub.commandEntity({ entityId: "select.spy", control: null, value: "a" });
    expect(command).toMatchObject({ code: "forbidden" });
    const [entity] = (await entitiesOf(hub, own.id)).items[0]?.entities ?? [];
    expect(entity?.problems).toEqual([
      `The device may not subscribe to devices/${other.id}/set/door: its grants need it.`,
    ]);
  });

  it("is listed with what is wrong when its announcement is no JSON", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice(grants);
    const broken = await hub.device(own);
    broken.publish("homeassistant/sensor/a/config", "{", { retain: true });
    broken.publish("homeassistant/device/b/config", "[]", { retain: true });
    await broken.settle();
    await step(hub);
    const { items, problems } = await entitiesOf(hub, own.id);
    expect(items).toEqual([]);
    expect(problems).toEqual([
      { topic: "homeassistant/device/b/config", problem: "The announcement is no JSON object." },
      { topic: "homeassistant/sensor/a/config", problem: expect.stringContaining("The announcement is no JSON: ") },
    ]);
  });

  it("of ours is announced to others until that is taken back, and not read as somebody else's", async () => {
    const hub = new TestHub();
    const own = await hub.addDevice();
    const lamp = await hub.device(own);
    lamp.publish(`devices/${own.id}/streams/temperature`, "21.5");
    await lamp.settle();
    await hub.stub.changeStream(own.id, "temperature", { unit: "°C", label: "Room" });
    await hub.stub.announceDevice(own.id, {
      name: "Lamp",
      model: null,
      settable: [{ name: "led" }, { name: "level", max: 10 }],
    });
    await step(hub);
    const homeAssistant = await hub.app();
    await homeAssistant.subscribe("homeassistant/#");
    const { topic, text } = await homeAssistant.nextMessage();
    expect(topic).toBe(`homeassistant/device/${own.id}/config`);
    const announced = JSON.parse(text);
    expect(announced.cmps.temperature).toMatchObject({
      p: "sensor",
      stat_t: "~/streams/temperature",
      unit_of_meas: "°C",
    });
    expect(announced.cmps.led).toMatchObject({ p: "text", cmd_t: `devices/${own.id}/set/led` });
    expect(announced.cmps.level).toMatchObject({ p: "number", min: 0, max: 10 });
    expect((await entitiesOf(hub)).items).toEqual([]);
    await step(hub);
    await hub.stub.withdrawDevice(own.id);
    expect((await homeAssistant.nextMessage()).text).toBe("");
  });
});

it("writes two rows for an announcement, none for it again, none for what is published", async () => {
  const hub = new TestHub();
  const tasmota = await hub.device(await hub.addDevice(grants));
  const rowsWritten = await countRowsWritten(hub);
  tasmota.publish("homeassistant/sensor/ABC123_rssi/config", rssi, { retain: true });
  await tasmota.settle();
  expect(await rowsWritten()).toBe(2);
  tasmota.publish("homeassistant/sensor/ABC123_rssi/config", rssi, { retain: true });
  for (let i = 0; i < 50; i++) tasmota.publish("tele/lamp/STATE", stateText);
  await tasmota.settle();
  expect(await rowsWritten()).toBe(2);
  tasmota.publish("homeassistant/sensor/ABC123_rssi/config", "", { retain: true });
  await tasmota.settle();
  expect(await rowsWritten()).toBe(4);
});

it("announces a stream of ours that is new, together with others, some seconds later; nothing is written until then", async () => {
  await inVirtualHub(async (hub) => {
    const own = await hub.addDevice();
    const lamp = hub.connect({ clientId: "lamp", password: own.password });
    hub.broker.during(() => hub.parts.discovery.own.announce(own.id, { name: "Lamp", model: null, settable: [] }));
    const homeAssistant = hub.connect({ clientId: "ha", password: await hub.appPassword() });
    homeAssistant.subscribe("homeassistant/#");
    const before = homeAssistant.takeTexts();
    expect(before).toHaveLength(1);
    const rowsWritten = hub.countRowsWritten();
    for (const name of ["a", "b"]) {
      lamp.send({
        cmd: "publish",
        topic: `devices/${own.id}/streams/${name}`,
        payload: "1",
        qos: 0,
        dup: false,
        retain: false,
      });
    }
    expect(rowsWritten()).toBe(0);
    hub.pass(6);
    const [text, ...others] = homeAssistant.takeTexts();
    expect(others).toEqual([]);
    expect(Object.keys(JSON.parse(text ?? "").cmps)).toEqual(["a", "b"]);
    expect(rowsWritten()).toBe(1);
    hub.crash();
    expect(hub.broker.during(() => hub.parts.discovery.own.settableOf(own.id))).toEqual([]);
  });
});
