// What the sources of an export are given, and what one is.
import type { HubCall } from "../../domain/hub-call.ts";
import { HomeportError, type Result, unwrap } from "../../errors.ts";
import { type HubStub, hubStub } from "../../hub-stub.ts";
import type { Hub } from "../../store/store.ts";
import type { SystemContext } from "../context.ts";

/** A step ends after so many calls of the hub and of R2, or so much time. A Worker has 1,000 of them an invocation. */
const maxCalls = 250;
const maxMs = 20_000;

/**
 * Reads some of what is to be exported, from `position` on, and writes it; both at most some hundred kilobytes at a time, for this is
 * what is done again after a failure. A position goes through JSON; null is where a source begins, and says that it has ended.
 */
export interface ExportSource {
  /** Whether it has a part for each device. */
  isOfDevices?: boolean;
  read(work: ExportWork, position: unknown): Promise<unknown>;
}

export interface WorkOptions {
  exportId: string;
  userId: string;
  hub: Hub | null;
  /** So far. */
  partsDone: number;
  partsKnown: number;
  partsPerDevice: number;
}

export class ExportWork {
  readonly ctx: SystemContext;
  readonly userId: string;
  /** One that ran; null: there is none, and asking it would make it. */
  readonly hub: Hub | null;
  readonly write: (line: { type: string } & Record<string, unknown>) => Promise<void>;
  /** What a source has looked up for the whole step. */
  readonly memo = new Map<string, unknown>();
  partsDone: number;
  partsKnown: number;
  readonly partsPerDevice: number;
  readonly #exportId: string;
  readonly #startedAt: number;
  #calls = 0;

  constructor(
    ctx: SystemContext,
    { exportId, userId, hub, partsDone, partsKnown, partsPerDevice }: WorkOptions,
    write: ExportWork["write"],
  ) {
    this.ctx = ctx;
    this.userId = userId;
    this.hub = hub?.startedAt == null ? null : hub;
    this.partsDone = partsDone;
    this.partsKnown = partsKnown;
    this.partsPerDevice = partsPerDevice;
    this.write = write;
    this.#exportId = exportId;
    this.#startedAt = ctx.now();
  }

  get isEnough(): boolean {
    return this.#calls >= maxCalls || this.ctx.now() - this.#startedAt >= maxMs;
  }

  /** Counts calls of anything outside. */
  spend(calls = 1): void {
    this.#calls += calls;
  }

  /** What the hub says; in its log the export is named. */
  async ask<T>(hub: Hub, act: (stub: HubStub, call: HubCall) => Promise<Result<T>>): Promise<T> {
    this.spend();
    const result = await act(hubStub(this.ctx.hubs, hub.id), this.ctx.meter.call(hub.id, this.#exportId)).catch(
      (cause: unknown) => {
        throw new HomeportError("unavailable", "The hub does not answer.", { cause });
      },
    );
    return unwrap(result);
  }
}
