// The bare relay as a server: what a Durable Object costs by itself.
import { join } from "node:path";
import { findFreePort } from "../../tools/ports.ts";
import { stripWorker } from "../build.ts";
import type { Server } from "./server.ts";
import { objectsBinding, startWorkerd } from "./workerd.ts";

export async function startBareRelay(folder: string): Promise<Server> {
  const port = await findFreePort();
  const relay = {
    name: "relay",
    module: stripWorker(folder, join(import.meta.dirname, "bare-relay-worker.ts")),
    durableObjects: ["QoS0Relay", "QoS1Relay"],
    bindings: [objectsBinding("QOS0", "QoS0Relay"), objectsBinding("QOS1", "QoS1Relay")],
  };
  const running = await startWorkerd(folder, [relay], { relay: port });
  return {
    ...running,
    name: "bare relay",
    port,
    async door({ userIndex, role }, { qos, packetsPerFrame }) {
      const query = `user=${userIndex}&role=${role}&qos=${qos}&packets=${packetsPerFrame}`;
      return { path: `/?${query}`, password: null };
    },
  };
}
