// The console in a real browser, as a person uses it. Whatever a page throws, logs as an error or is refused by its content security
// policy is a problem, and every story ends by finding none.
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";

export const screens = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
} satisfies Record<string, BrowserContextOptions>;

export type Screen = keyof typeof screens;

export const password = "correct horse battery";

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

let sequence = 0;

export class ConsolePage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly #url: string;
  readonly #problems: string[] = [];
  /** While it is so, what fails for want of a network is no problem. */
  isOffline = false;

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.context = context;
    this.page = page;
    this.#url = url;
    page.setDefaultTimeout(30_000);
    page.on("pageerror", (error) => this.#problems.push(error.message));
    page.on("console", (message) => {
      const isOfNetwork = /net::ERR_|WebSocket connection to|Failed to load resource/.test(message.text());
      if (message.type() === "error" && !(this.isOffline && isOfNetwork)) this.#problems.push(message.text());
    });
  }

  static async open(browser: Browser, url: string, screen: Screen = "desktop"): Promise<ConsolePage> {
    const context = await browser.newContext(screens[screen]);
    return new ConsolePage(context, await context.newPage(), url);
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.#url + path);
  }

  /** Makes an account of its own on the sign-in page; ends on the list of devices. */
  async signUpByForm(name = "Ada"): Promise<{ email: string }> {
    const email = `${crypto.randomUUID()}@example.com`;
    await this.goto("/");
    await this.page.getByRole("button", { name: "Make an account" }).click();
    await this.page.getByLabel("Your name").fill(name);
    await this.page.getByLabel("E-mail address").fill(email);
    await this.page.getByLabel("Password", { exact: true }).fill(password);
    await this.page.getByRole("button", { name: "Make the account", exact: true }).click();
    await this.page.getByRole("heading", { name: "Devices" }).waitFor();
    return { email };
  }

  /** The same without the form, for stories of something else. */
  async signUp(name = "Ada"): Promise<{ email: string }> {
    const email = `${crypto.randomUUID()}@example.com`;
    const answer = await this.context.request.post(`${this.#url}/api/auth/sign-up/email`, {
      data: { name, email, password },
      // From an address of its own: a minute has more stories than one address may have accounts.
      headers: { origin: this.#url, "cf-connecting-ip": `10.0.0.${sequence++ % 256}` },
    });
    expect(answer.status()).toBe(200);
    await this.goto("/");
    await this.page.getByRole("heading", { name: "Devices" }).waitFor();
    return { email };
  }

  /** A request of the API in the person's name. */
  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.page.evaluate(
      async ([verb, address, json]) => {
        const headers = { "content-type": "application/json" };
        const response = await fetch(address, { method: verb, headers, ...(json !== undefined && { body: json }) });
        return { status: response.status, text: await response.text() };
      },
      [method, path, body === undefined ? undefined : JSON.stringify(body)] as const,
    );
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return (answer.text === "" ? null : JSON.parse(answer.text)) as T;
  }

  /** Waits until the connection to the hub is there. */
  async isLive(): Promise<void> {
    await this.page.locator("[data-test=live]").filter({ hasText: "Live" }).waitFor();
  }

  async close(): Promise<void> {
    await this.context.close();
    expect(this.#problems).toEqual([]);
  }
}
