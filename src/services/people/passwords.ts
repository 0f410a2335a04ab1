// Where passwords are hashed: in one of a few objects near the request, for each does one hash at a time.
import type { PasswordHashing } from "../../identity/people.ts";
import { HomeportError } from "../../errors.ts";

/** Of each continent: at a quarter of a second each, about 15 sign-ins a second. */
const hashersPerContinent = 4;

/** `continent`: ISO two letters, of the request that opened this isolate's people. */
export function passwordHashing(hashers: Env["PASSWORD_HASHER"], continent: string | null): PasswordHashing {
  const hasher = () => {
    const number = Math.floor(Math.random() * hashersPerContinent);
    return hashers.getByName(`${continent ?? "XX"}-${number}`);
  };
  return {
    hash: (password) => hasher().hash(password).catch(notNow),
    verify: ({ hash, password }) => hasher().verify(hash, password).catch(notNow),
  };
}

function notNow(cause: unknown): never {
  // What failed may name its input; only its kind is worth a line.
  const kind = cause instanceof Error ? cause.name : "unknown";
  throw new HomeportError("unavailable", "Passwords cannot be checked now. Try again in a moment.", {
    retryAfterSeconds: 5,
    cause: new Error(`PasswordHasher: ${kind}`),
  });
}
