// What an attempt to tell somebody came to, whichever way it went.
import { type Posted, isTemporary } from "../../outbound/post.ts";

export interface Sent {
  /** `later`: it may succeed when it is tried again. */
  outcome: "delivered" | "later" | "failed";
  httpStatus: number | null;
  /** For its owner. */
  detail: string;
  /** The least time until the next attempt, as the other side asked for. */
  retryAfterSeconds: number;
}

export function failedFor(detail: string): Sent {
  return { outcome: "failed", httpStatus: null, detail, retryAfterSeconds: 0 };
}

/** `who`: begins the sentence that says what is wrong. */
export function sentAs(posted: Posted, who: string): Sent {
  const { httpStatus, problem, retryAfterSeconds } = posted;
  if (problem === "") return { outcome: "delivered", httpStatus, detail: "", retryAfterSeconds: 0 };
  const outcome = isTemporary(posted) ? "later" : "failed";
  return { outcome, httpStatus, detail: `${who} ${problem}.`, retryAfterSeconds };
}
