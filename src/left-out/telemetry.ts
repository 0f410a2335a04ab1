// In place of @better-auth/telemetry. better-auth opens it always; ours is switched off, and so tells nobody anything.
import { leftOut } from "./left-out.ts";

interface Options {
  telemetry?: { enabled?: boolean };
}

export async function createTelemetry(options: Options): Promise<{ publish: () => Promise<void> }> {
  if (options.telemetry?.enabled !== false) leftOut("better-auth's telemetry");
  return { publish: async () => {} };
}
