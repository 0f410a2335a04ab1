// `npm run screenshots`: a picture of every page of the console, on a phone's and a desktop's screen, into docs/images.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "./failure.ts";
import { startTour } from "./screenshots/tour.ts";
import { projectDir } from "./wrangler.ts";

const folder = join(projectDir, "docs", "images");
const screens = {
  phone: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

await runTool(async () => {
  mkdirSync(folder, { recursive: true });
  const tour = await startTour();
  try {
    for (const [screen, options] of Object.entries(screens)) {
      for (const stop of tour.stops) {
        const path = join(folder, `${stop.name}-${screen}.png`);
        await tour.visit(stop, { ...options, reducedMotion: "reduce" }, async (page) => {
          await page.screenshot({ path });
        });
        console.log(path);
      }
    }
  } finally {
    await tour.end();
  }
});
