// The first step of `npm test`: with `CI` set it installs the clients that are missing, as root on Debian; otherwise it
// names the command, and their tests are skipped visibly.
import { spawnSync } from "node:child_process";
import { installCommand, missingPackages } from "./debian-packages.ts";

function aptGet(args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync("apt-get", args, { stdio: "inherit", env }).status === 0;
}

const missing = missingPackages();
if (missing.length === 0) {
  console.log("Third-party clients: all installed.");
} else if (!process.env.CI) {
  console.log(`Third-party clients are missing, their tests will be skipped. To run them: ${installCommand(missing)}`);
} else {
  const done = aptGet(["update"]) && aptGet(["install", "-y", "--no-install-recommends", ...missing]);
  if (!done || missingPackages().length > 0) {
    console.error(
      `CI is set, but ${missing.join(", ")} could not be installed. As root on Debian: ${installCommand(missing)}`,
    );
    process.exit(1);
  }
}
