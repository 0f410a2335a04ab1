// Whether a TCP port of this machine is free, and which one is.
import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

function tryListen(host: string, port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}

/** Below those that systems give to outgoing connections, of which one could take the port while its server is away. */
const candidates = { from: 20_000, to: 32_000 };

/** A port nobody listens on now. Somebody else may take it before the caller does. */
export async function findFreePort(host = "127.0.0.1"): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = await tryListen(host, randomInt(candidates.from, candidates.to));
    if (port !== null) return port;
  }
  throw new Error("the system has no free port");
}

/** Waits until nobody listens on the port; false if somebody still does after `waitMs`. */
export async function isPortFree(host: string, port: number, waitMs = 0): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  while ((await tryListen(host, port)) === null) {
    if (performance.now() >= deadline) return false;
    await delay(50);
  }
  return true;
}
