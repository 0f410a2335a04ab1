// The page on which a person approves a device, and the docs, in a real browser that keeps to their content security policy.
import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openApi } from "../../web/api/client.ts";
import { chromiumBrowser, skipWithout } from "../support/debian-packages.ts";
import { TestServer } from "../support/server.ts";

const { skip, why } = skipWithout(chromiumBrowser);
const account = { name: "Ada", email: "ada@example.com", password: "correct horse battery" };
const clientId = "test-lamp";

describe.skipIf(skip)(`in Chromium${why}`, () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await TestServer.start();
    await openApi({ baseUrl: server.url }).POST("/api/auth/sign-up/email", { body: account });
    browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });

  async function post(path: string, form: Record<string, string>): Promise<Record<string, string>> {
    const body = new URLSearchParams({ client_id: clientId, ...form });
    const response = await fetch(`${server.url}/v1/pairing/${path}`, { method: "POST", body });
    return response.json() as Promise<Record<string, string>>;
  }

  /** A page that notes what its policy refuses and what fails in its scripts. */
  async function open(path: string): Promise<{ page: Page; problems: string[] }> {
    const page = await (await browser.newContext()).newPage();
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() === "error" && /Content.Security.Policy/i.test(message.text())) problems.push(message.text());
    });
    await page.goto(server.url + path);
    return { page, problems };
  }

  it("a person signs in on /pair and approves the device under a name", async () => {
    const asked = await post("device_authorization", { device_name: "Hall lamp" });
    const { page, problems } = await open(`/pair?code=${asked.user_code}`);
    await page.getByLabel("E-mail address").fill(account.email);
    await page.getByLabel("Password").fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("status").filter({ hasText: "Invalid email or password" }).waitFor();
    await page.getByLabel("Password").fill(account.password);
    await page.getByRole("button", { name: "Sign in" }).click();

    await page.getByText(`It says it is ${clientId}`).waitFor();
    expect(await page.getByLabel("Name of the device").inputValue()).toBe("Hall lamp");
    await page.getByLabel("Name of the device").fill("Desk lamp");
    await page.getByRole("button", { name: "Approve" }).click();
    await page.getByRole("status").filter({ hasText: "Approved" }).waitFor();
    const grant = { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: asked.device_code ?? "" };
    expect(await post("token", grant)).toMatchObject({ token_type: "Bearer" });

    const second = await post("device_authorization", {});
    await page.goto(`${server.url}/pair`);
    await page.getByLabel("The code that the device shows").fill((second.user_code ?? "").toLowerCase());
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Deny" }).click();
    await page.getByRole("status").filter({ hasText: "Denied" }).waitFor();
    expect(await post("token", { ...grant, device_code: second.device_code ?? "" })).toMatchObject({
      error: "access_denied",
    });
    expect(problems).toEqual([]);
  });

  it("/v1/docs is styled and leads to every route", async () => {
    const { page, problems } = await open("/v1/docs");
    await page.getByRole("link", { name: "POST /v1/devices", exact: true }).click();
    expect(await page.getByRole("heading", { name: "POST /v1/devices", exact: true }).isVisible()).toBe(true);
    const maxWidth = "getComputedStyle(document.body).maxWidth";
    expect(await page.evaluate(maxWidth)).not.toBe("none");
    expect(problems).toEqual([]);
  });
});
