// Schedules as tests: some hundred in each, so that a failure is told early.
import { expect, test } from "vitest";
import { firstFailure } from "./search.ts";

const inOneTest = 500;

/** Declares tests that run the schedules of these seeds. */
export function expectNothingWrong(from: number, count: number): void {
  for (let first = from; first < from + count; first += inOneTest) {
    test(`nothing is lost, doubled, overtaken or told to others in schedules ${first} to ${first + inOneTest - 1}`, () => {
      expect(firstFailure(first, inOneTest)).toBeNull();
    }, 300_000);
  }
}
