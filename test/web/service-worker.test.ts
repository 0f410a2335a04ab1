// What the console does through its service worker: it opens where there is no network, and shows what is pushed to it.
import type { Browser, CDPSession } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it, vi } from "vitest";
import { ConsolePage, launchBrowser } from "../support/console.ts";
import { chromiumBrowser, skipWithout } from "../support/debian-packages.ts";

const { skip, why } = skipWithout(chromiumBrowser);

/** A signed-in person whose page is in the hands of its service worker, as from the second visit on. */
async function withServiceWorker(browser: Browser): Promise<ConsolePage> {
  const ui = await ConsolePage.open(browser, inject("consoleUrl"), "phone");
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

/** Hands a message to the page's service worker, as a browser does with one of its push service. */
async function push(cdp: CDPSession, origin: string, message: object): Promise<void> {
  const registered = Promise.withResolvers<string>();
  cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    const found = registrations.find(({ scopeURL }) => scopeURL === `${origin}/`);
    if (found) registered.resolve(found.registrationId);
  });
  await cdp.send("ServiceWorker.enable");
  const registrationId = await registered.promise;
  await cdp.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data: JSON.stringify(message) });
}

describe.skipIf(skip)(`in the console${why}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it("a page that was open once opens without a network, says so, and is live when there is one", async () => {
    const ui = await withServiceWorker(browser);
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

  it("what is pushed becomes a notification that leads to its page", async () => {
    const ui = await withServiceWorker(browser);
    const origin = inject("consoleUrl");
    await ui.context.grantPermissions(["notifications"], { origin });
    const message = { title: "Freezer", text: "It is -5 °C", url: "/rules", notificationId: "ntf_1", ruleId: "rule_1" };
    await push(await ui.context.newCDPSession(ui.page), origin, message);
    const shown = (): Promise<unknown> => ui.page.evaluate(notifications);
    await vi.waitFor(
      async () =>
        expect(await shown()).toEqual([
          { title: "Freezer", body: "It is -5 °C", tag: "rule_1", data: { url: "/rules" } },
        ]),
      10_000,
    );
    await ui.close();
  });
});
