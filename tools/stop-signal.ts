// How a person or a system asks one of these tools to end.

/** npm hands a Ctrl-C on that the terminal has already sent: what follows within this time is the same request. */
const sameRequestMs = 1000;

/**
 * Settles at the first SIGINT, SIGTERM or SIGHUP, which then no longer ends the process by itself. A later one does,
 * for a person who does not want to wait.
 */
export function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | null = null;
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      process.on(signal, () => {
        const now = performance.now();
        if (askedAt !== null && now - askedAt > sameRequestMs) process.exit(130);
        askedAt ??= now;
        resolve(signal);
      });
    }
  });
}
