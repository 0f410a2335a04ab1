// `npm start`: the control plane alone, until Ctrl-C. PORT, HOST and STATE_DIR say where.
import { startControlPlane } from "./control-plane.ts";
import { Failure, runTool } from "./failure.ts";
import { readLocalSettings } from "./local-settings.ts";
import { stopSignal } from "./stop-signal.ts";

await runTool(async () => {
  const settings = readLocalSettings();
  const stopped = stopSignal();
  const controlPlane = await startControlPlane({ ...settings, onOutput: (text) => process.stdout.write(text) });
  console.log(`Homeport is ready at ${controlPlane.url} (state in ${settings.stateDir}). Ctrl-C ends it.`);
  const reason = await Promise.race([stopped, controlPlane.ended.then(() => "ended" as const)]);
  await controlPlane.stop();
  if (reason === "ended") throw new Failure("The server ended by itself; its last words are above.");
});
