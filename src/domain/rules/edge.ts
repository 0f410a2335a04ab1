// Whether a value has crossed a threshold: rules fire when it does, not as long as it is there.
import type { StreamValue } from "../streams/values.ts";
import type { StreamTrigger } from "./rule.ts";

type Condition = Pick<StreamTrigger, "is" | "value" | "hysteresis">;

/**
 * Whether the condition holds after this value. `held`: whether it held before; a number that came back by less than the
 * hysteresis holds on. A value of another type than the threshold's changes nothing. `changed` never holds: see `hasChanged`.
 */
export function holds({ is, value: threshold, hysteresis }: Condition, value: StreamValue, held: boolean): boolean {
  switch (is) {
    case "above":
      if (typeof value !== "number" || typeof threshold !== "number") return held;
      return held ? value > threshold - hysteresis : value > threshold;
    case "below":
      if (typeof value !== "number" || typeof threshold !== "number") return held;
      return held ? value < threshold + hysteresis : value < threshold;
    case "equal":
      return typeof value === typeof threshold ? value === threshold : held;
    case "notEqual":
      return typeof value === typeof threshold ? value !== threshold : held;
    case "changed":
      return false;
  }
}

/** Whether a value is news after the one before it (null: none is known), by more than the hysteresis if both are numbers. */
export function hasChanged(before: StreamValue | null, value: StreamValue, hysteresis: number): boolean {
  if (before === null) return false;
  if (typeof before === "number" && typeof value === "number") return Math.abs(value - before) > hysteresis;
  return before !== value;
}
