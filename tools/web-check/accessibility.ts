// axe on every page of the console, in light and in dark, on a phone's and a desktop's screen: what it finds serious or critical.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import type { SampleHome } from "./sample-home.ts";

export interface Finding {
  page: string;
  /** The rule of axe, and what it says. */
  rule: string;
  help: string;
  /** Selectors of what breaks it. */
  places: string[];
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const viewports = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } };
const looks = (["light", "dark"] as const).flatMap((colorScheme) =>
  (["phone", "desktop"] as const).map((screen) => ({ screen, colorScheme, viewport: viewports[screen] })),
);

async function examine(page: Page, name: string): Promise<Finding[]> {
  await page.evaluate(`${axe}; null`);
  const { violations } = await page.evaluate<AxeResults>("axe.run({ resultTypes: ['violations'] })");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => ({
      page: name,
      rule: id,
      help,
      places: nodes.map(({ target }) => target.join(" ")),
    }));
}

/** Nothing moves while it is looked at: a colour halfway through a transition is no finding. */
const stillness = "*, *::before, *::after { transition: none !important; animation: none !important; }";

/** `onPage` is told of each page when it has been looked at. */
export async function examineConsole(
  url: string,
  home: SampleHome,
  onPage: (name: string, findings: Finding[]) => void,
): Promise<void> {
  const browser: Browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  });
  try {
    for (const { screen, colorScheme, viewport } of looks) {
      const { email, password, pages } = home;
      const context = await browser.newContext({ colorScheme, viewport, reducedMotion: "reduce" });
      const page = await context.newPage();
      const lookAt = async (name: string, path: string): Promise<void> => {
        await page.goto(url + path, { waitUntil: "networkidle" });
        await page.getByRole("heading").first().waitFor();
        await page.addStyleTag({ content: stillness }).catch(() => {});
        await page.locator(".v-progress-linear--active").waitFor({ state: "detached" });
        const told = `${name}, ${colorScheme}, ${screen}`;
        onPage(told, await examine(page, told));
      };
      await lookAt("sign in", "/sign-in");
      await context.request.post(`${url}/api/auth/sign-in/email`, {
        data: { email, password },
        headers: { origin: url },
      });
      for (const [name, path] of Object.entries(pages)) await lookAt(name, path);
      await context.close();
    }
  } finally {
    await browser.close();
  }
}
