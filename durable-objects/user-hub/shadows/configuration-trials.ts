// Which devices a change that is still to be made was tried on. To try all takes long when they are many, so that it is begun in events of
// its own; whatever changes meanwhile is tried again in the event that makes the change. memory: for the time of a call.
import type { Plan } from "./configuration-plan.ts";

export interface Trial {
  readonly plan: Plan;
  /** The last device that was tried; null: all were, or one for which it would not be valid. */
  after: string | null;
  /** For which it would be valid, as long as they stay as they were. */
  readonly passed: Set<string>;
}

export class ConfigurationTrials {
  /** By the call that they belong to. */
  readonly #trials = new Map<object, Trial>();

  get(call: object): Trial | null {
    return this.#trials.get(call) ?? null;
  }

  begin(call: object, plan: Plan): Trial {
    const trial = { plan, after: "", passed: new Set<string>() };
    this.#trials.set(call, trial);
    return trial;
  }

  end(call: object): void {
    this.#trials.delete(call);
  }

  /** A shadow of the device, its model or its tags are others now. */
  deviceChanged(deviceId: string): void {
    for (const { passed } of this.#trials.values()) passed.delete(deviceId);
  }

  /** Other configurations are in force: whatever is being tried begins anew. */
  configurationsChanged(): void {
    this.#trials.clear();
  }
}
