// `npm run dev:mysql`: the control plane on a MySQL of its own: starts MariaDB (data in STATE_DIR/mysql), the bridge that speaks
// the driver's HTTP protocol in front of it, and the control plane, until Ctrl-C. PORT, HOST and STATE_DIR as for `npm start`.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installCommand, mariaDbServer } from "../test/support/debian-packages.ts";
import { MariaDb } from "../test/support/mariadb.ts";
import { MysqlBridge } from "../test/support/mysql-bridge.ts";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { Failure, runTool } from "./failure.ts";
import { readLocalSettings } from "./local-settings.ts";
import { stopSignal } from "./stop-signal.ts";

/** Made once; the database of a state folder keeps its password. */
function passwordIn(folder: string): string {
  const path = join(folder, "password");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString("base64url"), { mode: 0o600 });
  return readFileSync(path, "utf8");
}

function announce(controlPlane: ControlPlane, folder: string, databaseUrlPath: string): void {
  console.log(
    [
      `Homeport is ready at ${controlPlane.url} on MySQL (data in ${folder}).`,
      "The demo on the same database, in another terminal, with hubs of its own:",
      `  DATABASE_URL="$(cat '${databaseUrlPath}')" PORT=8788 STATE_DIR='${join(folder, "demo")}' npm run demo`,
      "Ctrl-C ends the control plane, the bridge and MariaDB.",
    ].join("\n"),
  );
}

await runTool(async () => {
  const settings = readLocalSettings();
  const folder = join(settings.stateDir, "mysql");
  if (!mariaDbServer.isInstalled()) throw new Failure(`MariaDB is missing: ${installCommand(["mariadb-server"])}`);
  const stopped = stopSignal();
  const mariaDb = await MariaDb.start(folder, passwordIn(folder));
  let bridge: MysqlBridge | null = null;
  let controlPlane: ControlPlane | null = null;
  try {
    bridge = await MysqlBridge.start(mariaDb.access);
    const databaseUrlPath = join(folder, "database-url");
    writeFileSync(databaseUrlPath, bridge.url, { mode: 0o600 });
    const onOutput = (text: string): void => void process.stdout.write(text);
    controlPlane = await startControlPlane({ ...settings, databaseUrl: bridge.url, onOutput });
    announce(controlPlane, folder, databaseUrlPath);
    const reason = await Promise.race([stopped, controlPlane.ended.then(() => "ended" as const)]);
    if (reason === "ended") throw new Failure("The server ended by itself; its last words are above.");
  } finally {
    await controlPlane?.stop();
    await bridge?.stop();
    await mariaDb.stop();
  }
});
