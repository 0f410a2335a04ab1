import { describe, expect, it } from "vitest";
import type { DeliveryReport } from "../../src/domain/notifications.ts";
import { faultsOf } from "../../src/domain/rules/faults.ts";
import { type Firing, keptFirings, withFiring, withReport } from "../../src/domain/rules/firing.ts";
import type { Action, Trigger } from "../../src/domain/rules/rule.ts";
import { fillTemplate } from "../../src/domain/rules/template.ts";
import { conditionOf } from "../../src/domain/rules/words.ts";

const device = { deviceId: "dev_1" };
const stream: Trigger = { type: "stream", device, stream: "t", is: "above", value: 1, hysteresis: 0, forSeconds: 0 };
const daily: Trigger = { type: "schedule", timeZone: "UTC", when: { time: "07:30", days: [] } };
const publish = (topic: string): Action => ({ type: "publish", topic, payload: "1", qos: 1, retain: false });
const set: Action = { type: "set", deviceId: null, name: "led", payload: "on" };
const faults = (trigger: Trigger, ...actions: Action[]) => faultsOf({ trigger, actions }, 0);

describe("what is wrong with a rule", () => {
  it("is nothing with these", () => {
    expect(faults(stream, set, publish("devices/{device}/set/{stream}"), publish("home/bell"))).toEqual([]);
    expect(faults({ ...stream, is: "equal", value: "open" })).toEqual([]);
    expect(faults({ ...stream, is: "changed", value: null, hysteresis: 1 })).toEqual([]);
    expect(faults(daily, { ...set, deviceId: "dev_2" })).toEqual([]);
  });

  it.each<[string, Trigger]>([
    ["trigger.value", { ...stream, value: "1" }],
    ["trigger.value", { ...stream, is: "equal", value: null }],
    ["trigger.value", { ...stream, is: "changed" }],
    ["trigger.forSeconds", { ...stream, is: "changed", value: null, forSeconds: 5 }],
    ["trigger.hysteresis", { ...stream, is: "notEqual", hysteresis: 1 }],
    ["trigger.stream", { ...stream, stream: "a/b" }],
    ["trigger.timeZone", { ...daily, timeZone: "Berlin" }],
    ["trigger.when.cron", { ...daily, when: { cron: "0 0 31 4 *" } }],
  ])("is said of %s", (field, trigger) => {
    expect(faults(trigger)).toEqual([expect.stringMatching(`^${field}: `)]);
  });

  it.each<[string, Trigger, Action]>([
    ["a value in the topic", stream, publish("a/{value}")],
    ["a device's name in the topic", stream, publish("a/{deviceName}")],
    ["a stream where there is none", { type: "offline", device, forSeconds: 60 }, publish("a/{stream}")],
    ["a device where there is none", daily, publish("a/{device}")],
    ["a wildcard", stream, publish("a/#")],
    ["what the hub alone writes", stream, publish("devices/{device}/presence")],
    ["a server's topic", stream, publish("$SYS/a")],
    ["a set without a device", daily, set],
    ["a set of several levels", stream, { ...set, name: "a/b" }],
  ])("is said of an action with %s", (_, trigger, action) => {
    expect(faults(trigger, action)).toEqual([expect.stringMatching(/^actions\.0\./)]);
  });
});

describe("a template", () => {
  it("fills what it knows and leaves the rest", () => {
    const values = { rule: "R", device: "dev_1", deviceName: "{rule}", stream: null, value: false };
    expect(fillTemplate('{"v": {value}, "d": "{device}"} {deviceName}{stream} {other}', values)).toBe(
      '{"v": false, "d": "dev_1"} {rule} {other}',
    );
  });
});

describe("a condition in words", () => {
  it("says what it is about", () => {
    expect(conditionOf({ ...stream, forSeconds: 300 })).toBe("t above 1 for 5 min");
    expect(conditionOf({ ...stream, is: "equal", value: "open" })).toBe('t equal to "open"');
    expect(conditionOf({ type: "offline", device, forSeconds: 7200 })).toBe("offline for 2 h");
    expect(conditionOf({ type: "online", device, forSeconds: 0 })).toBe("online");
    expect(conditionOf(daily)).toBe("07:30 every day (UTC)");
  });
});

describe("the log of a rule", () => {
  const cause = { type: "test", deviceId: null, deviceName: null, stream: null, value: null, condition: "" } as const;
  const firing = (id: string, ...actions: Firing["actions"]): Firing => {
    return { id, at: 1, outcome: "fired", cause, reason: null, actions };
  };
  const waiting = (type: "email" | "push" | "webhook", targetId: string | null = null) => {
    return { type, status: "waiting", detail: "", notificationId: "ntf_1", targetId } as const;
  };
  const report = (given: Partial<DeliveryReport>): DeliveryReport => {
    const rest = { kind: "email", targetId: null, status: "delivered", detail: "ok", at: 2 } as const;
    return { notificationId: "ntf_1", ruleId: "rul_1", ...rest, ...given };
  };

  it("keeps the last ones", () => {
    let log: Firing[] = [];
    for (let i = 0; i < keptFirings + 5; i++) log = withFiring(log, firing(`fir_${i}`));
    expect(log).toHaveLength(keptFirings);
    expect(log[0]?.id).toBe("fir_5");
  });

  it("takes over what became of each channel, once", () => {
    const log = [
      firing("a", waiting("email"), waiting("push"), waiting("webhook", "whk_1"), waiting("webhook", "whk_2")),
    ];
    const second = withReport(log, report({ kind: "webhook", targetId: "whk_2", status: "failed", detail: "410" }));
    expect(second?.[0]?.actions.map(({ status }) => status)).toEqual(["waiting", "waiting", "waiting", "failed"]);
    expect(
      withReport(second ?? [], report({ kind: "webhook", targetId: "whk_2", status: "failed", detail: "410" })),
    ).toBeNull();
    expect(withReport(log, report({ notificationId: "ntf_2" }))).toBeNull();
  });

  it("has a line for each browser that a push went to", () => {
    let log = [firing("a", waiting("push"))];
    for (const targetId of ["psh_1", "psh_2", "psh_1"])
      log = withReport(log, report({ kind: "push", targetId })) ?? log;
    expect(log[0]?.actions.map(({ targetId, status }) => [targetId, status])).toEqual([
      ["psh_1", "delivered"],
      ["psh_2", "delivered"],
    ]);
  });
});
