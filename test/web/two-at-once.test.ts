// The console on two screens of one person: what was saved on one is never overwritten by the other, and is there after a reload.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ConsolePage, launchBrowser, password } from "../support/console.ts";
import { chromiumBrowser, skipWithout } from "../support/debian-packages.ts";

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
});
