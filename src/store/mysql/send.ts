// How the driver's requests travel: with a time limit, and again after a transient failure if that can do no harm.
//
// - A read and a BEGIN are repeated.
// - A write of its own is repeated only when the failure says that nothing was executed.
// - Nothing is repeated inside a transaction: it is over. `batch` in backend.ts starts it again as a whole.
import type { Config } from "@planetscale/database";
import { NoAnswer, failureIn } from "./failures.ts";

type Send = NonNullable<Config["fetch"]>;
type Answer = Awaited<ReturnType<Send>>;

/** Of one attempt. */
const timeoutMs = 5000;
/** No attempt starts later than this. */
const patienceMs = 5000;
export const maxAttempts = 4;

/** Waits before the next attempt: about 0.1, 0.3 and 0.9 seconds, spread so that callers do not return all at once. */
export function backoff(attempt: number): Promise<void> {
  const ms = 100 * 3 ** (attempt - 1) * (0.5 + Math.random());
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** For the driver's `fetch`. */
export function sendThrough(fetcher: typeof fetch, pause: (attempt: number) => Promise<void> = backoff): Send {
  async function attempt(...[url, request]: Parameters<Send>): Promise<Answer> {
    try {
      const { status, statusText, ok, headers, ...response } = await received(url, request);
      return { status, statusText, ok, headers, text: async () => response.text };
    } catch (cause) {
      throw new NoAnswer(String(cause));
    }
  }

  async function received(...[url, request]: Parameters<Send>) {
    const response = await fetcher(url, { ...request, signal: AbortSignal.timeout(timeoutMs) });
    const { status, statusText, ok, headers } = response;
    return { status, statusText, ok, headers, text: await response.text() };
  }

  return async (url, request) => {
    const { query, session } = JSON.parse(request?.body ?? "{}") as { query?: string; session?: unknown };
    if (request && query === "ROLLBACK") return rolledBack(session === null ? null : attempt(url, request));
    const isRepeatable = !session && /^\s*(?:select|begin)\b/i.test(query ?? "");
    const giveUpAt = Date.now() + patienceMs;
    for (let tried = 1; ; tried++) {
      const isLast = tried === maxAttempts;
      const answer = await attempt(url, request).catch((error: unknown) => {
        if (isLast || !isRepeatable || Date.now() > giveUpAt) throw error;
        return null;
      });
      if (answer) {
        const failure = await failureOfAnswer(answer);
        const again = failure?.isTransient && (isRepeatable || (failure.isUndone && !session));
        if (!again || isLast || Date.now() > giveUpAt) return answer;
      }
      await pause(tried);
    }
  };
}

/**
 * The driver rolls back after whatever failed and would report a failing ROLLBACK instead. The server ends a transaction that
 * nobody ends; what matters is why it failed.
 */
async function rolledBack(sent: Promise<Answer> | null): Promise<Answer> {
  await sent?.catch(() => null);
  return { ok: true, status: 200, statusText: "OK", text: async () => "{}" };
}

async function failureOfAnswer(answer: Answer) {
  const text = await answer.text();
  // Rows are base64, so this finds errors, and at worst a column of that name.
  if (answer.ok && !text.includes('"error"')) return null;
  let error: { code?: string; message?: string } | undefined;
  try {
    ({ error } = JSON.parse(text) as { error?: typeof error });
  } catch {
    // a proxy's page
  }
  if (answer.ok && !error) return null;
  return failureIn({ status: answer.status, code: error?.code ?? "", message: error?.message ?? "" });
}
