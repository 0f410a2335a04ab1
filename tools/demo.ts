// `npm run demo`: the whole product on this machine in one command. `-- --once` ends after the exchange: 0 if every
// step worked. PORT, HOST and STATE_DIR as for `npm start`; the same state folder, so what the demo made stays.
import { createInterface } from "node:readline";
import { type ControlPlane, startControlPlane } from "./control-plane.ts";
import { ownDeviceHelp } from "./demo/own-device.ts";
import { type Scene, playScene, step } from "./demo/scene.ts";
import { Failure, runTool } from "./failure.ts";
import type { LineProcess } from "./line-process.ts";
import { type LocalSettings, readLocalSettings } from "./local-settings.ts";
import { stopSignal } from "./stop-signal.ts";

async function startPlane(settings: LocalSettings): Promise<ControlPlane> {
  return step(async () => {
    const value = await startControlPlane({ ...settings, onOutput: (text) => process.stdout.write(text) });
    const database = process.env.DATABASE_URL ? "MySQL" : "D1";
    const said = `The control plane runs at ${value.url}: workerd, ${database}, KV, R2, Durable Objects; state in ${settings.stateDir}`;
    return { said, value };
  });
}

/** Hands `press` and `switch` on until something ends; a lamp, thermometer, phone or server that ends by itself is a failure. */
async function stayUp(controlPlane: ControlPlane, scene: Scene): Promise<void> {
  console.log(ownDeviceHelp({ url: controlPlane.url, ...scene }));
  createInterface({ input: process.stdin }).on("line", (line) => {
    if (line.trim() === "press") scene.phone.send("press");
    if (line.trim() === "switch") scene.lamp.send("switch");
  });
  const who = await Promise.race([
    controlPlane.ended.then(() => "control plane"),
    scene.lamp.ended.then(() => "lamp"),
    scene.thermometer.ended.then(() => "thermometer"),
    scene.phone.ended.then(() => "phone"),
  ]);
  throw new Failure(`The ${who} ended by itself.`);
}

await runTool(async () => {
  const once = process.argv.includes("--once");
  const settings = readLocalSettings();
  const children: LineProcess[] = [];
  let controlPlane: ControlPlane | null = null;

  const show = async (): Promise<void> => {
    controlPlane = await startPlane(settings);
    const scene = await playScene(controlPlane.url, settings.stateDir, children);
    if (once) console.log("Both directions work.");
    else await stayUp(controlPlane, scene);
  };
  const stopped = async (): Promise<void> => {
    const signal = await stopSignal();
    if (once) throw new Failure(`Ended by ${signal} before the demo was over.`);
  };
  try {
    await Promise.race([show(), stopped()]);
  } finally {
    await Promise.all(children.map((child) => child.stop()));
    await (controlPlane as ControlPlane | null)?.stop();
  }
});
