// The console in a real browser, as a person uses it. Whatever a page throws, logs as an error or is refused by its content security
// policy is a problem, and every story ends by finding none.
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { expect } from "vitest";
import type { Desktop } from "./desktop.ts";

export const screens = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
} satisfies Record<string, BrowserContextOptions>;

export type Screen = keyof typeof screens;

export const password = "correct horse battery";

const launchOptions = {
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
};

export function launchBrowser(): Promise<Browser> {
  return chromium.launch(launchOptions);
}

/** What Chromium logs of requests and sockets that got nowhere, and of a request that was answered with a failure. */
const networkFailure =
  /net::ERR_(?:INTERNET_DISCONNECTED|NETWORK_CHANGED|CONNECTION_(?:REFUSED|RESET|CLOSED)|EMPTY_RESPONSE)\b/;
const refusedRequest = /the server responded with a status of (\d+)/;
const refusedSocket = /WebSocket connection to '([^']+)' failed: .*Unexpected response code: (\d+)/;

let sequence = 0;

export class ConsolePage {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly #url: string;
  readonly #problems: string[] = [];
  readonly #refusals: { status: number; path: string }[] = [];
  /** While it is so, what fails for want of a network is no problem. */
  isOffline = false;

  private constructor(context: BrowserContext, page: Page, url: string) {
    this.context = context;
    this.page = page;
    this.#url = url;
    page.setDefaultTimeout(30_000);
    page.on("pageerror", (error) => this.#problems.push(error.message));
    page.on("console", (message) => {
      if (message.type() !== "error") return;
      const { url: source } = message.location();
      if (!this.#isExpected(message.text(), source)) this.#problems.push(`${message.text()} (${source})`);
    });
  }

  /** From now on the server may answer this path so: the browser logs by itself what the page tells its person. */
  expectRefusal(status: number, path: string): void {
    this.#refusals.push({ status, path });
  }

  #isExpected(text: string, source: string): boolean {
    if (this.isOffline && networkFailure.test(text)) return true;
    const [, socket, socketStatus] = refusedSocket.exec(text) ?? [];
    const status = Number(socketStatus ?? refusedRequest.exec(text)?.[1]);
    const url = socket ?? source;
    if (!URL.canParse(url)) return false;
    const { pathname } = new URL(url);
    return this.#refusals.some((refusal) => refusal.status === status && pathname.startsWith(refusal.path));
  }

  static async open(browser: Browser, url: string, screen: Screen = "desktop"): Promise<ConsolePage> {
    const context = await browser.newContext(screens[screen]);
    return new ConsolePage(context, await context.newPage(), url);
  }

  /** In a browser of its own whose notifications this desktop shows: those of a further profile lead nowhere. */
  static async openOn(desktop: Desktop, url: string, screen: Screen = "desktop"): Promise<ConsolePage> {
    const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: desktop.address };
    const context = await chromium.launchPersistentContext("", { ...launchOptions, ...screens[screen], env });
    await context.grantPermissions(["notifications"], { origin: url });
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
