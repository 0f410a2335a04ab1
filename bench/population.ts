// Many clients at once that mostly sit there: connects them as fast as a server takes them, tries again those that were
// turned away, and counts what went wrong.
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { type Client, type ClientPlan, openClient } from "./load/client.ts";
import type { Server } from "./servers/server.ts";

export interface Arrival {
  clients: Client[];
  ms: number;
  resumed: number;
  /** Attempts that failed, by what went wrong. */
  errors: Map<string, number>;
}

const retryMs = 50;
const giveUpMs = 300_000;

/** Connects all of them, `atOnce` under way at a time. Who does not get in within five minutes is left out. */
export async function connectAll(
  serverOf: (plan: ClientPlan) => Server,
  plans: ClientPlan[],
  atOnce: number,
): Promise<Arrival> {
  const clients: Client[] = [];
  const errors = new Map<string, number>();
  const startedAt = performance.now();
  const waiting = plans.values();
  async function next(): Promise<void> {
    for (const plan of waiting) {
      while (performance.now() - startedAt < giveUpMs) {
        try {
          clients.push(await openClient(serverOf(plan), plan));
          break;
        } catch (error) {
          const text = (error as Error).message;
          errors.set(text, (errors.get(text) ?? 0) + 1);
          await delay(retryMs);
        }
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next));
  const resumed = clients.filter((client) => client.resumed).length;
  return { clients, ms: performance.now() - startedAt, resumed, errors };
}

/** Memory of a process that is not shared with files, bytes. */
export function memoryOf(pid: number): number {
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
  return Number(kilobytes) * 1024;
}

export function errorText(errors: Map<string, number>): string {
  return [...errors].map(([text, count]) => `${count} × ${text}`).join("; ");
}

export function countOf(errors: Map<string, number>): number {
  return [...errors.values()].reduce((sum, count) => sum + count, 0);
}
