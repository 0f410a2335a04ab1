// In place of @better-auth/memory-adapter, which keeps people in memory where no database is given. One always is.
import { leftOut } from "./left-out.ts";

export function memoryAdapter(): never {
  return leftOut("better-auth's database in memory");
}
