// The console: from nothing to a first connected device, by what is pasted and by pairing.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { ConsolePage, launchBrowser, password, type Screen } from "../support/console.ts";
import { chromiumBrowser, skipWithout } from "../support/debian-packages.ts";
import { MqttDevice } from "../support/mqtt-device.ts";

const { skip, why } = skipWithout(chromiumBrowser);

describe.skipIf(skip)(`in the console${why}`, () => {
  let browser: Browser;
  let url: string;
  beforeAll(async () => {
    url = inject("consoleUrl");
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());

  it.each<Screen>(["phone", "desktop"])(
    "a person on a %s signs up, adds a device, and sees it connect",
    async (screen) => {
      const ui = await ConsolePage.open(browser, url, screen);
      const { page } = ui;
      await ui.signUpByForm();
      await page.getByRole("link", { name: "Add a device" }).first().click();
      await page.getByLabel("What is it called?").fill("Desk lamp");
      await page.getByRole("button", { name: "Continue" }).click();
      await page.getByText("Node.js", { exact: true }).click();
      const code = (await page.locator("[data-test=snippet]").textContent()) ?? "";
      const [, mqttUrl = "", credential = ""] =
        /connect\("([^"]+)", \{ username: "lamp", password: "([^"]+)"/.exec(code) ?? [];
      const [, deviceId = ""] = /devices\/(dev_\w+)\/set/.exec(code) ?? [];
      await page.locator("[data-test=waiting]").filter({ hasText: "Waiting for the device" }).waitFor();

      const lamp = await MqttDevice.connect({ deviceId, mqttUrl, credential });
      await page.locator("[data-test=waiting]").filter({ hasText: "Desk lamp is connected" }).waitFor();
      await page.getByRole("link", { name: "Open the device" }).click();
      await page.getByRole("heading", { name: "Desk lamp" }).waitFor();

      await ui.goto("/devices");
      const row = page.locator("[data-test=device-row]");
      await row.locator("[data-state=online]").waitFor();
      await lamp.end();
      await row.locator("[data-state=offline]").waitFor();
      await ui.close();
    },
  );

  it("a person signs in again by keyboard alone, and is told of a wrong password", async () => {
    const ui = await ConsolePage.open(browser, url);
    const { page } = ui;
    const { email } = await ui.signUp();
    await ui.goto("/account");
    await page.getByRole("button", { name: "Sign out" }).click();
    ui.expectRefusal(401, "/api/auth/sign-in/email");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(`not ${password}`);
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "Invalid email or password" }).waitFor();
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Devices" }).waitFor();
    await ui.close();
  });

  it("a person signs in elsewhere and comes back to where they were, or to what went wrong", async () => {
    const ui = await ConsolePage.open(browser, url, "phone");
    const { page } = ui;
    const provider = `${inject("oidcUrl")}/example`;
    const settings = (fields: object) =>
      fetch(provider, { method: "PUT", body: JSON.stringify({ clientSecret: "secret", ...fields }) });
    const elsewhere = page.getByRole("button", { name: "Continue with Example ID" });
    const sub = crypto.randomUUID();
    const person = { sub, email: `${sub}@example.com`, email_verified: true, name: "Grace" };

    /** As if the session had ended, with no page that goes on asking. */
    const forget = async () => {
      await page.goto("about:blank");
      await ui.context.clearCookies();
    };

    await settings({ refusal: "access_denied" });
    await ui.goto("/account");
    await elsewhere.click();
    await page.getByRole("alert").filter({ hasText: "Example ID did not let you in" }).waitFor();
    await settings({ person });
    await elsewhere.click();
    await page.getByRole("button", { name: "Disconnect from Example ID" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/account");

    // Who has the address here already signs in as before, and then connects the two.
    await forget();
    const { email } = await ui.signUp();
    await settings({ person: { ...person, sub: crypto.randomUUID(), email } });
    await forget();
    await ui.goto("/account");
    await elsewhere.click();
    await page.getByRole("alert").filter({ hasText: "under Account you can then connect it" }).waitFor();
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Connect with Example ID" }).click();
    await page.getByRole("button", { name: "Disconnect from Example ID" }).waitFor();
    await ui.close();
  });

  it("a person pairs a device by its code", async () => {
    const ui = await ConsolePage.open(browser, url, "phone");
    const { page } = ui;
    await ui.signUp();
    const ask = async (path: string, form: Record<string, string>): Promise<Record<string, string>> => {
      const body = new URLSearchParams({ client_id: "lamp-v2", ...form });
      return (await fetch(`${url}/v1/pairing/${path}`, { method: "POST", body })).json() as Promise<
        Record<string, string>
      >;
    };
    const asked = await ask("device_authorization", { device_name: "Hall lamp" });
    const grant = "urn:ietf:params:oauth:grant-type:device_code";
    await page.goto(asked.verification_uri ?? "");
    await page.getByLabel("The code that the device shows").fill((asked.user_code ?? "").toLowerCase());
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("It says it is lamp-v2").waitFor();
    expect(await page.getByLabel("Name of the device").inputValue()).toBe("Hall lamp");
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("status").filter({ hasText: "Approved" }).waitFor();

    const answer = await ask("token", { grant_type: grant, device_code: asked.device_code ?? "" });
    const access = {
      deviceId: answer.device_id ?? "",
      mqttUrl: answer.mqtt_url ?? "",
      credential: answer.access_token ?? "",
    };
    const lamp = await MqttDevice.connect(access);
    await page.getByRole("link", { name: "Devices", exact: true }).first().click();
    const row = page.locator("[data-test=device-row]").filter({ hasText: "Hall lamp" });
    await row.locator("[data-state=online]").waitFor();
    await lamp.end();
    await ui.close();
  });
});
