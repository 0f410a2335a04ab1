// The bare relay as a server: what a Durable Object costs by itself.
import { join } from "node:path";
import { findFreePort } from "../../tools/ports.ts";
import { stripWorker } from "../build.ts";
import type { Server } from "./server.ts";
import { objectsBinding, startWorkerd } from "./workerd.ts";

export async function startBareRelay(folder: string): Promise<Server> {
  const port = await findFreePort();
  const classes = ["QoS0Relay", "QoS1Relay", "QoS2Relay", "StormRelay", "QueueRelay"];
  const relay = {
    name: "relay",
    module: stripWorker(folder, join(import.meta.dirname, "bare-relay-worker.ts")),
    durableObjects: classes,
    bindings: classes.map((name) => objectsBinding(name, name)),
  };
  return {
    process: await startWorkerd(folder, [relay], { relay: port }),
    name: "bare relay",
    port,
    async door({ userIndex, role }, { qos, packetsPerFrame, toAbsent = false, toSessions = false }) {
      const name = toSessions ? "StormRelay" : toAbsent ? "QueueRelay" : `QoS${qos}Relay`;
      const query = `object=${name}&user=${userIndex}&role=${role}&packets=${packetsPerFrame}`;
      // The storm's relay answers CONNECT, without looking at it.
      return { path: `/?${query}`, password: toSessions ? "any" : null };
    },
  };
}
