// The API's documentation, in a browser that keeps to its content security policy.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ConsolePage, launchBrowser } from "../support/console.ts";
import { chromiumBrowser, skipWithout } from "../support/debian-packages.ts";

const { skip, why } = skipWithout(chromiumBrowser);

describe.skipIf(skip)(`in Chromium${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it("/v1/docs is styled and leads to every route", async () => {
    const ui = await ConsolePage.open(browser, inject("consoleUrl"));
    const { page } = ui;
    await ui.goto("/v1/docs");
    await page.getByRole("link", { name: "POST /v1/devices", exact: true }).click();
    expect(await page.getByRole("heading", { name: "POST /v1/devices", exact: true }).isVisible()).toBe(true);
    const maxWidth = "getComputedStyle(document.body).maxWidth";
    expect(await page.evaluate(maxWidth)).not.toBe("none");
    await ui.close();
  });
});
