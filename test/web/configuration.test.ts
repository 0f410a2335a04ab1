// The console: configuring a device that may be away, rules that call somebody, and dashboards that others may look at.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { ConsolePage, launchBrowser } from "../support/console.ts";
import { chromiumBrowser, skipWithout } from "../support/debian-packages.ts";
import { type DeviceAccess, MqttDevice } from "../support/mqtt-device.ts";

const { skip, why } = skipWithout(chromiumBrowser);

async function withDevice(browser: Browser, name: string): Promise<{ ui: ConsolePage; device: MqttDevice }> {
  const ui = await ConsolePage.open(browser, inject("consoleUrl"));
  await ui.signUp();
  const { id } = await ui.api<{ id: string }>("POST", "/v1/devices", { name });
  const device = await MqttDevice.connect(await ui.api<DeviceAccess>("POST", `/v1/devices/${id}/credentials`));
  return { ui, device };
}

describe.skipIf(skip)(`in the console${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it("what is desired reaches the device, and differs until it is reported", async () => {
    const { ui, device } = await withDevice(browser, "Router");
    const { page } = ui;
    await device.subscribe("shadow/update/delta");
    await ui.goto(`/devices/${device.id}/shadow`);
    await ui.isLive();
    await page.getByRole("button", { name: "Edit what is desired" }).click();
    const text = page.getByRole("dialog").getByRole("textbox");
    await text.fill("{ interval: 30 }");
    await page.getByText("This is not JSON").waitFor();
    await text.fill('{ "interval": 30 }');
    await page.getByRole("button", { name: "Send to the device" }).click();
    await page.locator("[data-test=shadow-state]").filter({ hasText: "1 value differs" }).waitFor();
    await vi.waitFor(() => expect(device.textsTo("shadow/update/delta").at(-1)).toContain('"interval":30'), 10_000);
    await device.publish("shadow/update", JSON.stringify({ state: { reported: { interval: 30 } } }));
    await page.locator("[data-test=shadow-state]").filter({ hasText: "has what is desired" }).waitFor();

    // What a group desires reaches its device too, and the way back is there.
    await ui.api("PATCH", `/v1/devices/${device.id}`, { tags: ["cellar"] });
    await page.getByRole("link", { name: "What its groups desire" }).click();
    await page.getByRole("button", { name: "New configuration" }).click();
    const editor = page.getByRole("dialog");
    await editor.getByRole("combobox", { name: "Devices with a tag" }).fill("cellar");
    const desired = editor.getByLabel("What is desired, as JSON");
    await desired.fill('{ "channel": 1 }');
    await editor.getByRole("button", { name: "Send to the devices" }).click();
    const card = page.locator("[data-test=configuration]").filter({ hasText: "All devices tagged cellar" });
    await vi.waitFor(() => expect(device.textsTo("shadow/update/delta").at(-1)).toContain('"channel":1'), 10_000);
    await card.getByRole("button", { name: "Edit" }).click();
    await desired.fill('{ "channel": 6 }');
    await editor.getByRole("button", { name: "Send to the devices" }).click();
    await vi.waitFor(() => expect(device.textsTo("shadow/update/delta").at(-1)).toContain('"channel":6'), 10_000);
    await card.getByRole("button", { name: "How far it is" }).click();
    await card.getByText("0 of one device has it.").waitFor();
    await card.getByRole("link", { name: "Router" }).waitFor();
    await card.getByRole("button", { name: "Versions" }).click();
    await card.locator("[data-test=versions]").getByText("by you").first().waitFor();
    await card.getByRole("button", { name: "Return to it" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Return to it" }).click();
    await vi.waitFor(() => expect(device.textsTo("shadow/update/delta").at(-1)).toContain('"channel":1'), 10_000);
    await card.getByText("Version 3").first().waitFor();
    await device.end();
    await ui.close();
  });

  it("a rule calls a webhook when a value crosses its limit", async () => {
    const { ui, device } = await withDevice(browser, "Freezer");
    const { page } = ui;
    const receiver = `${inject("receiverUrl")}/${crypto.randomUUID()}`;
    await fetch(receiver, { method: "PUT", body: JSON.stringify({ statuses: [204] }) });
    await ui.goto("/account");
    const webhooks = page.locator(".v-card").filter({ hasText: "Webhooks" });
    await webhooks.getByLabel("Name").fill("House");
    await webhooks.getByLabel("Address").fill(`${receiver}/hook`);
    await webhooks.getByRole("button", { name: "Add a webhook" }).click();
    await webhooks.getByText("This signs every call").waitFor();

    await ui.goto("/rules");
    await page.getByRole("button", { name: "New rule" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Too warm");
    await dialog.getByLabel("Stream").fill("temperature");
    await dialog.getByLabel("Limit").fill("-10");
    await dialog.getByLabel("By", { exact: true }).press("Enter");
    await page.getByRole("option", { name: "webhook: House" }).click();
    await page.keyboard.press("Tab");
    await page.getByRole("option", { name: "webhook: House" }).waitFor({ state: "hidden" });
    await dialog.getByRole("button", { name: "Save" }).click();
    const rule = page.locator("[data-test=rule]").filter({ hasText: "Too warm" });
    await rule.waitFor();

    await device.publish("streams/temperature", "-18");
    await device.publish("streams/temperature", "-5");
    const called = async (): Promise<string[]> => {
      const received = (await (await fetch(receiver)).json()) as { body: string }[];
      return received.map(({ body }) => body);
    };
    await vi.waitFor(async () => expect((await called()).join()).toContain("Freezer"), {
      timeout: 20_000,
      interval: 200,
    });
    await rule.getByRole("button", { name: "Log" }).click();
    await page.locator("[data-test=firings]").filter({ hasText: "Freezer" }).waitFor();
    await device.end();
    await ui.close();
  });

  it("a dashboard's link lets others look and not control, until it is ended", async () => {
    const { ui, device } = await withDevice(browser, "Lamp");
    const { page } = ui;
    await device.obey();
    await device.publish("streams/led", "on");
    const widgets = [
      {
        id: "led",
        type: "switch",
        title: "LED",
        command: { deviceId: device.id, set: "led" },
        on: "on",
        off: "off",
        state: { deviceId: device.id, stream: "led" },
      },
    ];
    const { id } = await ui.api<{ id: string }>("POST", "/v1/dashboards", { title: "Hall", widgets });
    await ui.goto(`/dashboards/${id}`);
    await page.getByRole("button", { name: "Share" }).click();
    await page.getByRole("button", { name: "Make a read-only link" }).click();
    const link = (await page.locator("[data-test=share-link]").textContent()) ?? "";

    const guest = await ConsolePage.open(browser, "", "phone");
    await guest.goto(link.trim());
    const card = guest.page.locator("[data-test=widget-switch]");
    await card.getByText("On", { exact: true }).waitFor();
    expect(await card.locator("input").isDisabled()).toBe(true);
    await device.publish("streams/led", "off");
    await card.getByText("Off", { exact: true }).waitFor();

    guest.expectRefusal(404, "/v1/shared-dashboards/open");
    guest.expectRefusal(401, "/mqtt/");
    await page.getByRole("button", { name: "End", exact: true }).click();
    await page.getByRole("button", { name: "End", exact: true }).waitFor({ state: "detached" });
    await guest.page.reload();
    await guest.page.getByRole("heading", { name: "This link does not work" }).waitFor();
    await guest.close();
    await device.end();
    await ui.close();
  });
});
