// The console in a browser, page by page, against a control plane of its own that holds a house. Used by
// `npm run screenshots`; what is started ends with it.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { startControlPlane } from "../control-plane.ts";
import { Failure } from "../failure.ts";
import { findFreePort } from "../ports.ts";
import { fillHouse, type House } from "./house.ts";

const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const quietMs = 700;

export interface Stop {
  /** Names the page in reports and its picture's file. */
  name: string;
  path: string;
  /** As somebody who is not signed in. */
  isPublic?: boolean;
  /** What a person does there first. */
  act?: (page: Page) => Promise<void>;
}

export interface Tour {
  stops: Stop[];
  /** A page of the browser on which the house's owner is signed in, or nobody. */
  visit(stop: Stop, options: BrowserContextOptions, look: (page: Page) => Promise<void>): Promise<void>;
  end(): Promise<void>;
}

function stopsOf(house: House): Stop[] {
  const device = (name: string, tab: string): string => `/devices/${house.devices.get(name)}/${tab}`;
  const climateTabs = ["usage", "access", "settings"];
  const click = (name: string) => (page: Page) => page.getByRole("button", { name, exact: true }).last().click();
  return [
    { name: "sign-in", path: "/sign-in", isPublic: true },
    { name: "shared-link", path: house.linkPath, isPublic: true },
    { name: "devices", path: "/devices" },
    { name: "add-device", path: "/devices/add" },
    { name: "pair", path: "/pair" },
    { name: "device-streams", path: device("Living room climate", "streams") },
    { name: "device-controls", path: device("Desk lamp", "controls") },
    { name: "device-shadow", path: device("Desk lamp", "shadow") },
    {
      name: "device-feed",
      path: device("Living room climate", "feed"),
      act: (page) => page.locator(".entries li").nth(3).waitFor(),
    },
    ...climateTabs.map((tab) => ({ name: `device-${tab}`, path: device("Living room climate", tab) })),
    { name: "configurations", path: "/configurations", act: click("How far it is") },
    { name: "dashboards", path: "/dashboards" },
    { name: "dashboard", path: `/dashboards/${house.dashboardId}` },
    { name: "shared-dashboard", path: `/dashboards/shared/${house.shareId}` },
    { name: "rules", path: "/rules" },
    { name: "rule", path: `/rules/${house.ruleId}` },
    { name: "rule-editor", path: "/rules", act: click("Edit") },
    {
      name: "messages",
      path: "/messages",
      act: async (page) => {
        await click("Subscribe")(page);
        await page.locator("[data-test=messages] li").nth(5).waitFor();
      },
    },
    { name: "usage", path: "/usage" },
    { name: "account", path: "/account" },
    {
      name: "add-device-snippet",
      path: "/devices/add",
      act: async (page) => {
        await page.getByLabel("What is it called?").fill("Balcony light");
        await click("Continue")(page);
        await page.locator("[data-test=waiting]").waitFor();
      },
    },
    { name: "not-found", path: "/nowhere" },
  ];
}

async function launch(): Promise<Browser> {
  if (!existsSync(chromiumPath)) {
    throw new Failure(
      `There is no ${chromiumPath}. Install Debian's chromium, or name another one: CHROMIUM=/path/to/chromium`,
    );
  }
  const flags = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking";
  return chromium.launch({
    executablePath: chromiumPath,
    args: flags.split(" ").concat("--disable-component-update", "--disable-sync"),
  });
}

export async function startTour(): Promise<Tour> {
  const ends: (() => Promise<unknown> | void)[] = [];
  const end = async (): Promise<void> => {
    for (const one of ends.toReversed()) await one();
  };
  try {
    const browser = await launch();
    ends.push(() => browser.close());
    const stateDir = mkdtempSync(join(tmpdir(), "homeport-console-"));
    ends.push(() => rmSync(stateDir, { recursive: true, force: true }));
    const plane = await startControlPlane({ port: await findFreePort(), stateDir });
    ends.push(() => plane.stop());
    const house = await fillHouse(plane.url);
    ends.push(() => house.leave());

    const headers = { origin: plane.url };
    const first = await browser.newContext();
    const answer = await first.request.post(`${plane.url}/api/auth/sign-in/email`, { data: house.account, headers });
    if (!answer.ok()) throw new Failure(`The house's owner cannot sign in: ${await answer.text()}`);
    const signedIn = await first.storageState();
    await first.close();

    const visit: Tour["visit"] = async (stop, options, look) => {
      const context = await browser.newContext({ ...options, ...(!stop.isPublic && { storageState: signedIn }) });
      try {
        const page = await context.newPage();
        await page.goto(plane.url + stop.path);
        await page.locator("h1").first().waitFor();
        await stop.act?.(page);
        await page.waitForTimeout(quietMs); // charts, and what comes by the live connection
        await look(page);
      } finally {
        await context.close();
      }
    };
    return { stops: stopsOf(house), visit, end };
  } catch (error) {
    await end();
    throw error;
  }
}
