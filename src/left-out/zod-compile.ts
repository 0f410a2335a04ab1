// In place of zod's `compile`, which makes programs of schemas. The platform runs no program made while running.
import { leftOut } from "./left-out.ts";

export const INVALID = Symbol("invalid");
export class ZodCompileAsyncError extends Error {}
export class ZodCompileUnsupportedError extends Error {}

export function compile(): never {
  return leftOut("z.compile");
}

export function withParser(): never {
  return leftOut("z.withParser");
}
