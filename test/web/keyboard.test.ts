// The console without a mouse: signing in, adding a device and opening it, with the keys of a keyboard alone.
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ConsolePage, launchBrowser, password } from "../support/console.ts";
import { chromiumBrowser, skipWithout } from "../support/debian-packages.ts";

const { skip, why } = skipWithout(chromiumBrowser);
const mostStops = 40;

/** Runs in the page: what a screen reader would call the thing that has the focus, and whether it is seen. */
const focused = `(() => {
  const element = document.activeElement;
  const label = element.id === "" ? null : document.querySelector("label[for='" + CSS.escape(element.id) + "']");
  const name = element.getAttribute("aria-label") ?? label?.textContent ?? element.textContent ?? "";
  const { width, height } = element.getBoundingClientRect();
  return { name: name.trim(), isShown: width > 0 && height > 0 };
})()`;

/** Presses Tab until what is named so has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = [];
  for (let stop = 0; stop < mostStops; stop++) {
    const { name: here, isShown } = await page.evaluate<{ name: string; isShown: boolean }>(focused);
    if (typeof name === "string" ? here === name : name.test(here)) {
      expect(isShown, `${here} has the focus and is seen`).toBe(true);
      return;
    }
    passed.push(here.slice(0, 40));
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${name}; it passes ${passed.join(" | ")}`);
}

describe.skipIf(skip)(`in the console${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it("a person with a keyboard alone signs in, adds a device and opens it", async () => {
    const url = inject("consoleUrl");
    const email = `${crypto.randomUUID()}@example.com`;
    const signedUp = await fetch(`${url}/api/auth/sign-up/email`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url },
      body: JSON.stringify({ name: "Ada", email, password }),
    });
    expect(signedUp.status).toBe(200);

    const ui = await ConsolePage.open(browser, url);
    const { page } = ui;
    await ui.goto("/");
    await page.getByLabel("E-mail address").waitFor();
    await tabTo(page, "E-mail address");
    await page.keyboard.type(email);
    await tabTo(page, "Password");
    await page.keyboard.type(password);
    await tabTo(page, "Sign in");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Devices" }).waitFor();

    await tabTo(page, "Add a device");
    await page.keyboard.press("Enter");
    await page.getByLabel("What is it called?").waitFor();
    await tabTo(page, "What is it called?");
    await page.keyboard.type("Desk lamp");
    await page.keyboard.press("Enter");
    await page.locator("[data-test=snippet]").waitFor();
    await tabTo(page, "Node.js");
    await page.keyboard.press("Enter");
    await page.locator("[data-test=snippet]").filter({ hasText: "mqtt.connect" }).waitFor();

    await tabTo(page, "Devices");
    await page.keyboard.press("Enter");
    await page.locator("[data-test=device-row]").waitFor();
    await tabTo(page, /^Desk lamp/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Desk lamp" }).waitFor();
    await tabTo(page, "Streams");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Set something" }).waitFor();
    await ui.close();
  });

  it("the first stop of a page leads past its navigation", async () => {
    const ui = await ConsolePage.open(browser, inject("consoleUrl"));
    await ui.signUp();
    await ui.page.reload();
    await ui.page.getByRole("heading", { name: "Devices" }).waitFor();
    await tabTo(ui.page, "Skip to the content");
    await ui.page.keyboard.press("Enter");
    await tabTo(ui.page, "Add a device");
    await ui.close();
  });
});
