// The gateway as a whole: its ports, its connections and their number, its reports. Knows nothing of bytes.
import type { Server, Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Failure } from "../failure.ts";
import { Cloud, isFinal } from "./cloud.ts";
import { Connection } from "./connection.ts";
import { addressText, listenPlain, listenTls } from "./listeners.ts";
import type { Log } from "./log.ts";
import type { GatewayOptions } from "./options.ts";
import { Report } from "./report.ts";

const sweepMs = 10_000;
const stopWithinMs = 3000;

export class Gateway {
  readonly report: Report;
  readonly #options: GatewayOptions;
  readonly #log: Log;
  readonly #cloud: Cloud;
  readonly #connections = new Set<Connection>();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #servers: Server[] = [];
  #hasStarted = false;

  constructor(options: GatewayOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    this.report = new Report(log, () => ({ open: this.#connections.size, waiting: this.#cloud.waiting }));
    this.#cloud = new Cloud({ ...options, log, counts: this.report.counts });
  }

  /** Listens, then asks the cloud whether it would let anybody in. Throws a Failure if address or token are wrong. */
  async start(): Promise<void> {
    const { listen, tls, url, token, maxConnections, reportSeconds } = this.#options;
    const accept = (tcp: Socket): void => this.#accept(tcp);
    if (listen) this.#servers.push(await listenPlain(listen, accept));
    if (tls) this.#servers.push(await listenTls(tls, maxConnections, accept, this.#log));
    this.#timers.push(setInterval(() => this.#sweep(), sweepMs));
    if (reportSeconds > 0) this.#timers.push(setInterval(() => this.report.printInterval(), reportSeconds * 1000));

    this.#hasStarted = true;
    const addresses = this.#servers.map(addressText);
    const all = token === null ? "" : " Whoever connects is let in with the gateway's token.";
    this.#log("started", `Gateway (pid ${process.pid}) at ${addresses.join(" and ")}, for ${url}.${all}`, {
      pid: process.pid,
      addresses,
      url,
      hasToken: token !== null,
    });
    const failure = await this.#cloud.check();
    if (failure && isFinal(failure)) {
      throw new Failure(`The cloud refuses the gateway: ${failure.reason}. Is --url right? ${tokenQuestion(token)}`);
    }
  }

  /** Takes nobody any more, ends everybody, and waits for that a little. */
  async stop(): Promise<void> {
    for (const server of this.#servers) server.close();
    for (const timer of this.#timers) clearInterval(timer);
    this.#cloud.stop();
    for (const connection of this.#connections) connection.shutDown();
    const deadline = performance.now() + stopWithinMs;
    while (this.#connections.size > 0 && performance.now() < deadline) await delay(20);
    if (this.#hasStarted) this.report.printTotal();
  }

  #accept(tcp: Socket): void {
    if (this.#connections.size >= this.#options.maxConnections) {
      this.report.counts.tooMany++;
      tcp.destroy();
      return;
    }
    const { counts } = this.report;
    counts.opened++;
    const connection = new Connection({
      tcp,
      cloud: this.#cloud,
      counts,
      onClosed: () => {
        this.#connections.delete(connection);
        counts.closed++;
      },
    });
    this.#connections.add(connection);
  }

  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#connections) connection.sweep(now);
  }
}

function tokenQuestion(token: string | null): string {
  return token === null ? "Is its hub key?" : "Is the token valid?";
}
