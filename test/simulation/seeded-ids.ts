// The one source of chance that the broker takes from its surroundings: ids of connections and assigned client ids. Also what
// the broker logs, which are failures of its own.
import { Random } from "./random.ts";

export function withSeededIds(seed: number, failures: string[], act: () => void): void {
  const random = new Random(seed, 2);
  const { getRandomValues } = crypto;
  const { error } = console;
  crypto.getRandomValues = (array) => {
    if (array instanceof Uint8Array) for (let i = 0; i < array.length; i++) array[i] = random.below(256);
    return array;
  };
  console.error = (text: unknown) => failures.push(String(text));
  try {
    act();
  } finally {
    crypto.getRandomValues = getRandomValues;
    console.error = error;
  }
}
