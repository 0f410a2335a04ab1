// The script a phone fetches before the console is usable stays within its budget.
import { describe, expect, it } from "vitest";
import { firstLoadBudgetBytes, measureScripts } from "../../tools/web-check/bundle.ts";

describe("the console's scripts", () => {
  const { entry, firstLoads, later } = measureScripts();

  it.each(firstLoads)("of a first visit that begins at $page fit into the budget", ({ bytes }) => {
    expect(bytes).toBeGreaterThan(entry);
    expect(bytes).toBeLessThan(firstLoadBudgetBytes);
  });

  it("leave MQTT and charts to the pages that need them", () => {
    const sizes = new Map(later.map(({ name, bytes }) => [name, bytes]));
    expect([...sizes.keys()].filter((name) => name.startsWith("mqtt/"))).toHaveLength(1);
    expect(sizes.get("device/device-streams.vue")).toBeGreaterThan(sizes.get("device/device-usage.vue") ?? Infinity);
  });
});
