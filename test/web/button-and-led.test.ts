// The console and a device at work: switches and sliders with what the device says to them, charts, and a connection that is lost.
import { setTimeout as delay } from "node:timers/promises";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { ConsolePage, launchBrowser, type Screen } from "../support/console.ts";
import { chromiumBrowser, skipWithout } from "../support/debian-packages.ts";
import { type DeviceAccess, MqttDevice } from "../support/mqtt-device.ts";

const { skip, why } = skipWithout(chromiumBrowser);

/** A signed-in person with a device that does what it is asked to. */
async function withLamp(browser: Browser, screen: Screen): Promise<{ ui: ConsolePage; lamp: MqttDevice }> {
  const ui = await ConsolePage.open(browser, inject("consoleUrl"), screen);
  await ui.signUp();
  const { id } = await ui.api<{ id: string }>("POST", "/v1/devices", { name: "Lamp" });
  const lamp = await MqttDevice.connect(await ui.api<DeviceAccess>("POST", `/v1/devices/${id}/credentials`));
  await lamp.obey();
  return { ui, lamp };
}

describe.skipIf(skip)(`in the console${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it("a switch reaches the LED, and the LED's own switch is shown", async () => {
    const { ui, lamp } = await withLamp(browser, "phone");
    await lamp.publish("streams/led", "off");
    await ui.goto(`/devices/${lamp.id}/controls`);
    const led = ui.page.locator("[data-test=switch-led] input");
    await led.waitFor();
    await ui.isLive();
    await led.click();
    await vi.waitFor(() => expect(lamp.textsTo("set/led")).toEqual(["on"]), 10_000);
    await ui.page.locator("[data-test=sending]").filter({ hasText: "The device says: on" }).waitFor();
    expect(await led.isChecked()).toBe(true);
    await lamp.publish("streams/led", "off");
    await vi.waitFor(async () => expect(await led.isChecked()).toBe(false), 10_000);

    // The lamp describes itself: one switch with the announced name takes the place of the guessed one.
    await ui.api("PATCH", `/v1/devices/${lamp.id}`, { grants: { publish: ["homeassistant/#"], subscribe: [] } });
    const topics = { stat_t: `devices/${lamp.id}/streams/led`, cmd_t: `devices/${lamp.id}/set/led` };
    const light = { ...topics, unique_id: "led", name: "Ceiling", pl_on: "on", pl_off: "off" };
    await lamp.client.publishAsync("homeassistant/light/led/config", JSON.stringify(light), { qos: 1, retain: true });
    const announced = ui.page.locator("[data-test=announced]").getByLabel("Ceiling", { exact: true });
    await announced.waitFor();
    await expect.poll(() => ui.page.locator("[data-test=switch-led]").count()).toBe(0);
    await announced.click();
    await vi.waitFor(() => expect(lamp.textsTo("set/led")).toEqual(["on", "on"]), 10_000);
    await lamp.publish("streams/led", "off");
    await vi.waitFor(async () => expect(await announced.isChecked()).toBe(false), 10_000);
    await lamp.publish("streams/led", "on");
    await vi.waitFor(async () => expect(await announced.isChecked()).toBe(true), 10_000);
    await lamp.end();
    await ui.close();
  });

  it("a dashboard's switch is confirmed by the device, and its slider sends the last value", async () => {
    const { ui, lamp } = await withLamp(browser, "desktop");
    await lamp.publish("streams/led", "off");
    await lamp.publish("streams/level", "10");
    const [command, state] = [
      { deviceId: lamp.id, set: "level" },
      { deviceId: lamp.id, stream: "level" },
    ];
    const widgets = [
      {
        id: "led",
        type: "switch",
        title: "LED",
        command: { deviceId: lamp.id, set: "led" },
        on: "on",
        off: "off",
        state: { deviceId: lamp.id, stream: "led" },
      },
      { id: "level", type: "slider", title: "Level", command, state, min: 0, max: 100, step: 1 },
    ];
    const { id } = await ui.api<{ id: string }>("POST", "/v1/dashboards", { title: "Room", widgets });
    await ui.goto(`/dashboards/${id}`);
    const card = ui.page.locator("[data-test=widget-switch]");
    await card.getByText("Off", { exact: true }).waitFor();
    await ui.isLive();
    await card.locator("input").click();
    await card.locator("[data-status=confirmed]").waitFor();
    expect(lamp.textsTo("set/led")).toEqual(["on"]);

    const slider = ui.page.locator("[data-test=widget-slider]").getByRole("slider");
    await slider.focus();
    for (let i = 0; i < 20; i++) await ui.page.keyboard.press("ArrowRight");
    await vi.waitFor(() => expect(lamp.textsTo("set/level").at(-1)).toBe("30"), 10_000);
    expect(lamp.textsTo("set/level").length).toBeLessThan(20);
    await lamp.end();
    await ui.close();
  });

  it("a widget is added by hand, and stays", async () => {
    const { ui, lamp } = await withLamp(browser, "desktop");
    await lamp.publish("streams/led", "off");
    await ui.goto("/dashboards");
    const { page } = ui;
    await page.getByRole("button", { name: "New dashboard" }).first().click();
    await page.getByLabel("What is it called?").fill("Kitchen");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByRole("button", { name: "Add a widget" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Title").fill("Ceiling");
    await dialog.getByLabel("What is set").fill("led");
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: "Edit", exact: true }).waitFor();
    await page.reload();
    const card = page.locator("[data-test=widget-switch]").filter({ hasText: "Ceiling" });
    // At once: what is sent waits for the connection that the page is still making.
    await card.locator("input").click();
    await card.locator("[data-status=confirmed]").waitFor();
    await lamp.end();
    await ui.close();
  });

  it.each<Screen>(["phone", "desktop"])("what a device measures becomes a chart, on a %s", async (screen) => {
    const { ui, lamp } = await withLamp(browser, screen);
    const now = Date.now();
    const points = Array.from({ length: 60 }, (_, i) => ({ value: 20 + i / 10, at: now - (60 - i) * 60_000 }));
    await lamp.publish("streams/temperature", JSON.stringify(points));
    await ui.goto(`/devices/${lamp.id}`);
    await ui.page.locator("[data-test=chart] canvas").waitFor();
    await ui.page.getByRole("figure", { name: /temperature: chart of \d+ points/ }).waitFor();
    await lamp.publish("streams/temperature", "31.5");
    await ui.page.locator("[data-test=stream-temperature]").filter({ hasText: "31.5" }).waitFor();
    await lamp.end();
    await ui.close();
  });

  it("a lost connection is said, and what was missed is there when it is back", async () => {
    const { ui, lamp } = await withLamp(browser, "phone");
    await lamp.publish("streams/led", "off");
    await ui.goto(`/devices/${lamp.id}`);
    await ui.isLive();
    const tile = ui.page.locator("[data-test=stream-led]");
    await tile.filter({ hasText: "off" }).waitFor();
    ui.isOffline = true;
    await ui.context.setOffline(true);
    await ui.page.locator("[data-test=live]").filter({ hasText: "Not connected" }).waitFor();
    await lamp.publish("streams/led", "on");
    await delay(500);
    await ui.context.setOffline(false);
    await ui.isLive();
    await tile.filter({ hasText: "on" }).waitFor();
    await lamp.end();
    await ui.close();
  });
});
