// The console on two screens: of one person, where what was saved on one is never overwritten by the other and is there after a reload;
// and of two, one of whom shares with the other.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ConsolePage, launchBrowser, password } from "../support/console.ts";
import { chromiumBrowser, skipWithout } from "../support/debian-packages.ts";
import { type DeviceAccess, MqttDevice } from "../support/mqtt-device.ts";

const { skip, why } = skipWithout(chromiumBrowser);

describe.skipIf(skip)(`in the console${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it("a dashboard that was changed elsewhere meanwhile is not overwritten", async () => {
    const url = inject("consoleUrl");
    const desk = await ConsolePage.open(browser, url, "desktop");
    const { email } = await desk.signUp();
    const { id } = await desk.api<{ id: string }>("POST", "/v1/dashboards", { title: "Room" });
    const phone = await ConsolePage.open(browser, url, "phone");
    await phone.goto(`/dashboards/${id}`);
    await phone.page.getByLabel("E-mail address").fill(email);
    await phone.page.getByLabel("Password", { exact: true }).fill(password);
    await phone.page.keyboard.press("Enter");
    await phone.page.getByRole("heading", { name: "Room" }).waitFor();
    await desk.goto(`/dashboards/${id}`);

    const rename = async ({ page }: ConsolePage, title: string): Promise<void> => {
      await page.getByLabel("What is it called?").fill(title);
      await page.getByRole("button", { name: "Save", exact: true }).click();
    };
    for (const { page } of [desk, phone]) await page.getByRole("button", { name: "Edit", exact: true }).click();
    await rename(desk, "Living room");
    await desk.page.getByRole("button", { name: "Edit", exact: true }).waitFor();
    phone.expectRefusal(412, `/v1/dashboards/${id}`);
    await rename(phone, "Kitchen");
    const conflict = phone.page.getByRole("alert").filter({ hasText: "was changed elsewhere meanwhile" });
    await conflict.getByRole("button", { name: "Reload" }).click();
    await phone.page.getByRole("heading", { name: "Living room" }).waitFor();
    expect(await phone.page.getByLabel("What is it called?").inputValue()).toBe("Living room");
    await rename(phone, "Kitchen");
    await phone.page.getByRole("button", { name: "Edit", exact: true }).waitFor();
    await desk.page.reload();
    await desk.page.getByRole("heading", { name: "Kitchen" }).waitFor();
    await desk.close();
    await phone.close();
  });

  it("a dashboard is shared with a person, who uses it until it is taken back", async () => {
    const url = inject("consoleUrl");
    const [owner, guest] = [
      await ConsolePage.open(browser, url, "desktop"),
      await ConsolePage.open(browser, url, "phone"),
    ];
    await owner.signUp("Ada");
    const { email } = await guest.signUp("Grace");
    const { id: deviceId } = await owner.api<{ id: string }>("POST", "/v1/devices", { name: "Lamp" });
    const lamp = await MqttDevice.connect(await owner.api<DeviceAccess>("POST", `/v1/devices/${deviceId}/credentials`));
    await lamp.obey();
    await lamp.publish("streams/led", "off");
    const [command, state] = [
      { deviceId, set: "led" },
      { deviceId, stream: "led" },
    ];
    const widgets = [{ id: "led", type: "switch", title: "LED", command, on: "on", off: "off", state }];
    const { id } = await owner.api<{ id: string }>("POST", "/v1/dashboards", { title: "Hall", widgets });

    await owner.goto(`/dashboards/${id}`);
    const { page } = owner;
    await page.getByRole("button", { name: "Share" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("E-mail address of a person").fill(email);
    await dialog.getByLabel("They may").press("Enter");
    await page.getByRole("option", { name: "Look and control" }).click();
    await dialog.getByRole("button", { name: "Share", exact: true }).click();
    await dialog.getByText("They find it among their dashboards").waitFor();

    await guest.goto("/dashboards");
    await guest.page.getByRole("link", { name: "Hall" }).click();
    const card = guest.page.locator("[data-test=widget-switch]");
    await card.getByText("Off", { exact: true }).waitFor();
    // The dashboard's own connection, below that of the guest.
    await guest.page.locator("[data-test=live]").last().filter({ hasText: "Live" }).waitFor();
    await card.locator("input").click();
    await card.locator("[data-status=confirmed]").waitFor();
    expect(lamp.textsTo("set/led")).toEqual(["on"]);

    await owner.goto("/account");
    await page
      .locator("[data-test=app-connection]")
      .filter({ hasText: `Shared with ${email}` })
      .waitFor();
    await owner.goto(`/dashboards/${id}`);
    await page.getByRole("button", { name: "Share" }).click();
    guest.expectRefusal(404, "/v1/shared-dashboards/");
    guest.expectRefusal(401, "/mqtt/");
    await dialog.getByRole("button", { name: "End", exact: true }).click();
    await guest.page.getByRole("heading", { name: "This dashboard is not shared with you any more" }).waitFor();
    await guest.page.getByRole("link", { name: "Dashboards", exact: true }).last().click();
    await guest.page.getByRole("heading", { name: "Shared with me" }).waitFor({ state: "detached" });
    await lamp.end();
    await owner.close();
    await guest.close();
  });
});
