// `npm run gateway`: lets MQTT clients that speak TCP and no WebSocket into the cloud, until Ctrl-C. `-- --help` lists the options.
import { runTool } from "./failure.ts";
import { Gateway } from "./gateway/gateway.ts";
import { openLog } from "./gateway/log.ts";
import { gatewayHelp, readGatewayOptions } from "./gateway/options.ts";
import { stopSignal } from "./stop-signal.ts";

await runTool(async () => {
  const options = readGatewayOptions(process.argv.slice(2), process.env);
  if (options === null) {
    console.log(gatewayHelp);
    return;
  }
  const log = openLog(options.isJson);
  const gateway = new Gateway(options, log);
  process.on("SIGUSR1", () => gateway.report.printTotal());
  const stopped = stopSignal();
  const failed = gateway.start().then(() => new Promise<never>(() => {}));
  try {
    const signal = await Promise.race([stopped, failed]);
    log("stopping", `Ending, because of ${signal}.`, { signal });
  } finally {
    await gateway.stop();
  }
});
