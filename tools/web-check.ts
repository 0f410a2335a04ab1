// `npm run web:check`: is the console small enough, and can everybody use it? Builds it, tells the size of its scripts, runs axe on
// every page of it against a control plane of its own. Ends with 1 if a budget or a page is broken.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startControlPlane } from "./control-plane.ts";
import { Failure, runTool } from "./failure.ts";
import { findFreePort } from "./ports.ts";
import { examineConsole } from "./web-check/accessibility.ts";
import { firstLoadBudgetBytes, measureScripts } from "./web-check/bundle.ts";
import { makeSampleHome } from "./web-check/sample-home.ts";

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`.padStart(10);

/** How many of the first pages are too large. */
function tellSizes(): number {
  const { entry, firstLoads, later } = measureScripts();
  console.log(
    `Scripts, gzip; budget of a first load ${kib(firstLoadBudgetBytes).trim()}\n${kib(entry)}  on every page`,
  );
  const isTooLarge = (bytes: number): boolean => bytes > firstLoadBudgetBytes;
  for (const { page, bytes } of firstLoads) console.log(`${kib(bytes)}  ${isTooLarge(bytes) ? "✘" : "✔"} with ${page}`);
  console.log("Loaded when they are needed");
  for (const { name, bytes } of later) console.log(`${kib(bytes)}  ${name}`);
  return firstLoads.filter(({ bytes }) => isTooLarge(bytes)).length;
}

/** So that signing in has a button for it; nobody presses it. */
const provider = {
  SOCIAL_PROVIDERS: '[{"id":"example","discoveryUrl":"http://127.0.0.1:1/","clientId":"homeport"}]',
  SOCIAL_SECRETS: '{"example":"secret"}',
};

/** How many things axe finds serious or critical. */
async function tellFindings(): Promise<number> {
  if (!existsSync("/usr/bin/chromium")) throw new Failure("axe needs a browser: apt-get install chromium");
  const stateDir = mkdtempSync(join(tmpdir(), "homeport-web-check-"));
  const controlPlane = await startControlPlane({ port: await findFreePort(), stateDir, variables: provider });
  let count = 0;
  try {
    const home = await makeSampleHome(controlPlane.url);
    console.log("axe, serious and critical");
    await examineConsole(controlPlane.url, home, (page, findings) => {
      count += findings.length;
      console.log(`  ${findings.length === 0 ? "✔" : "✘"} ${page}`);
      for (const { rule, help, places } of findings)
        console.log(`      ${rule}: ${help}\n        ${places.join("\n        ")}`);
    });
    await home.end();
  } finally {
    await controlPlane.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
  return count;
}

await runTool(async () => {
  await import("./web-build.ts");
  const tooLarge = tellSizes();
  const findings = await tellFindings();
  if (tooLarge + findings > 0)
    throw new Failure(`Broken: ${tooLarge} first loads too large, ${findings} findings of axe.`);
  console.log("All within budget, nothing serious found.");
});
