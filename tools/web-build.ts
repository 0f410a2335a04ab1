// Builds the console into web/dist unless what is there is newer than all it is made of. Run by wrangler before it serves or uploads
// the Worker, and by whatever starts a control plane here.
import { statSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { projectDir } from "./wrangler.ts";

const webDir = join(projectDir, "web");
const built = join(webDir, "dist", ".vite", "manifest.json");

function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestSource(): number {
  const sources = readdirSync(webDir, { recursive: true, encoding: "utf8" }).filter(
    (path) => !/^dist(?:\/|$)/.test(path),
  );
  return Math.max(
    ...[join(projectDir, "package-lock.json"), ...sources.map((path) => join(webDir, path))].map(modifiedAt),
  );
}

if (modifiedAt(built) < newestSource()) {
  // Whoever runs this, a test for instance, what is built is what people use.
  process.env.NODE_ENV = "production";
  const { build } = await import("vite");
  await build({ configFile: join(webDir, "vite.config.ts"), logLevel: "warn" });
}
