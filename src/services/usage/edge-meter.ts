// Counts what a request or a job costs beside its calls of hubs. That travels with a call that is made anyway: its own, or the next one
// that this isolate makes of the same hub. A call that fails takes it along for good, so that nothing is ever billed twice.
import type { HubCall } from "../../domain/hub-call.ts";
import { addCount, addUsage, appsKey, type Counted, hubKey, isUsed, noUsage } from "../../domain/prices/hub-usage.ts";
import { EdgeTally } from "./edge-tally.ts";

/** Lines of all users that wait in one isolate, some hundred bytes each, and that one call takes along. */
const maxWaiting = 10_000;
const maxCarried = 100;

const waiting = new EdgeTally(maxWaiting);

/** Who pays; null: not known. Either will do. */
export interface Payer {
  hubId: string | null;
  userId: string | null;
}

export class EdgeMeter {
  readonly #requestId: string | null;
  /** A request of the Worker that no call of a hub has stood for yet. */
  #isRequest: boolean;
  #payer: Payer = { hubId: null, userId: null };
  #key = hubKey;
  #usage = noUsage();

  /** `requestId`: null for what is not a request. */
  constructor(requestId: string | null) {
    this.#requestId = requestId;
    this.#isRequest = requestId !== null;
  }

  count(what: Counted, times = 1): void {
    addCount(this.#usage, what, times);
  }

  /** `key`: of the bill's line. */
  paidBy({ hubId = null, userId = null }: Partial<Payer>, key = appsKey): void {
    this.#payer = { hubId, userId };
    this.#key = key;
  }

  /** What to say with a call of this hub. `requestId`: what a job calls itself in the log. */
  call(hubId: string, requestId = this.#requestId): HubCall {
    this.#payer.hubId ??= hubId;
    const isOwn = this.#payer.hubId === hubId;
    const call: HubCall = { requestId, key: isOwn ? this.#key : hubKey, isRequest: false, operations: {} };
    const payers = isOwn && this.#payer.userId !== null ? [hubId, this.#payer.userId] : [hubId];
    for (const payer of payers) {
      for (const [key, usage] of waiting.take(payer, maxCarried)) addUsage((call.operations[key] ??= noUsage()), usage);
    }
    if (!isOwn) return call;
    if (isUsed(this.#usage)) addUsage((call.operations[this.#key] ??= noUsage()), this.#usage);
    this.#usage = noUsage();
    call.isRequest = this.#isRequest;
    this.#isRequest = false;
    return call;
  }

  /** What no call has taken along waits for the next one. `wasRefused`: a line of its own is not for what may not exist. */
  end({ wasRefused = false } = {}): void {
    if (this.#isRequest) this.count("edgeRequests");
    this.#isRequest = false;
    const payer = this.#payer.hubId ?? this.#payer.userId;
    if (payer === null || !isUsed(this.#usage)) return;
    const forgotten = waiting.forgotten;
    waiting.add(payer, wasRefused ? appsKey : this.#key, this.#usage);
    this.#usage = noUsage();
    // One line for a thousand: there may be a great many.
    if (Math.ceil(waiting.forgotten / 1000) === Math.ceil(forgotten / 1000)) return;
    console.warn(JSON.stringify({ event: "usage.forgotten", lines: waiting.forgotten }));
  }
}
