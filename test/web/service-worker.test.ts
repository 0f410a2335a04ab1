// What the console does through its service worker: it opens where there is no network, and shows what is pushed to it.
import type { Browser, CDPSession } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it, onTestFinished, vi } from "vitest";
import { ConsolePage, launchBrowser } from "../support/console.ts";
import { chromiumBrowser, skipWithout } from "../support/debian-packages.ts";
import { Desktop } from "../support/desktop.ts";

const { skip, why } = skipWithout(chromiumBrowser);

/** Signs a person up whose page is in the hands of its service worker, as from the second visit on. */
async function withServiceWorker(ui: ConsolePage): Promise<ConsolePage> {
  await ui.signUp();
  await ui.page.evaluate("navigator.serviceWorker.ready.then(() => null)");
  await ui.page.reload();
  await ui.page.getByRole("heading", { name: "Devices" }).waitFor();
  return ui;
}

/** Runs in the page: what its notifications say. */
const notifications = `navigator.serviceWorker.ready
  .then((registration) => registration.getNotifications())
  .then((shown) => shown.map(({ title, body, tag, data }) => ({ title, body, tag, data })))`;

/** Hands messages to the page's service worker, as a browser does with those of its push service. */
async function pusher(cdp: CDPSession, origin: string): Promise<(message: object) => Promise<void>> {
  const registered = Promise.withResolvers<string>();
  cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    const found = registrations.find(({ scopeURL }) => scopeURL === `${origin}/`);
    if (found) registered.resolve(found.registrationId);
  });
  await cdp.send("ServiceWorker.enable");
  const registrationId = await registered.promise;
  return async (message) => {
    await cdp.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data: JSON.stringify(message) });
  };
}

describe.skipIf(skip)(`in the console${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it("a page that was open once opens without a network, says so, and is live when there is one", async () => {
    const ui = await withServiceWorker(await ConsolePage.open(browser, inject("consoleUrl"), "phone"));
    await ui.api("POST", "/v1/devices", { name: "Desk lamp" });
    ui.isOffline = true;
    await ui.context.setOffline(true);
    await ui.page.reload();
    await ui.page.getByText("The server cannot be reached").first().waitFor();
    await ui.context.setOffline(false);
    await ui.isLive();
    await ui.page.getByRole("link", { name: "Desk lamp" }).waitFor();
    await ui.page.getByText("The server cannot be reached").waitFor({ state: "detached" });
    await ui.close();
  });

  it("what is pushed becomes a notification, and a click leads to its page, in the open window or in a new one", async () => {
    const origin = inject("consoleUrl");
    const desktop = await Desktop.start();
    onTestFinished(() => desktop.stop());
    const ui = await ConsolePage.openOn(desktop, origin);
    onTestFinished(() => ui.context.close());
    await withServiceWorker(ui);
    const shown = (): Promise<unknown> => ui.page.evaluate(notifications);
    const isShown = (count: number) => vi.waitFor(() => expect(desktop.shown).toHaveLength(count), 10_000);
    const message = { title: "Freezer", text: "It is -5 °C", url: "/rules", notificationId: "ntf_1", ruleId: "rule_1" };
    const pushed = await pusher(await ui.context.newCDPSession(ui.page), origin);
    await pushed(message);
    // Asked before it is on the screen, Chromium would take it for one that was closed.
    await isShown(1);
    expect(desktop.shown[0]?.title).toBe("Freezer");
    expect(desktop.shown[0]?.text).toContain("It is -5 °C");
    expect(await shown()).toEqual([{ title: "Freezer", body: "It is -5 °C", tag: "rule_1", data: { url: "/rules" } }]);
    desktop.click();
    await ui.page.getByRole("heading", { name: "Rules", level: 1 }).waitFor();
    expect(await shown()).toEqual([]);

    // The browser stays open with the blank page that it began with.
    await pushed({ ...message, url: "/usage" });
    await isShown(2);
    await ui.page.close();
    const opened = ui.context.waitForEvent("page");
    desktop.click();
    await (await opened).getByRole("heading", { name: "Usage", level: 1 }).waitFor();
    await ui.close();
  });
});
