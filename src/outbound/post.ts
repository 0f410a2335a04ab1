// One POST to a stranger's server: bounded in time, following no redirect, reading no answer but its status.

/** How long a server may take to answer. */
const timeoutMs = 10_000;

export interface Posted {
  /** Null: no answer. */
  httpStatus: number | null;
  /** Seconds, as the answer asked for; 0: it did not. */
  retryAfterSeconds: number;
  /** What is wrong, in a few words; empty for an answer from 200 to 299. */
  problem: string;
}

/** Never rejects. */
export async function post(url: string, headers: Record<string, string>, body: string | Uint8Array): Promise<Posted> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "user-agent": "Homeport", ...headers },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    const { status } = response;
    const problem = response.ok ? "" : status >= 300 && status < 400 ? `redirects (${status})` : `answered ${status}`;
    return { httpStatus: status, retryAfterSeconds: secondsOf(response.headers.get("retry-after")), problem };
  } catch (error) {
    const isLate = (error as Error | undefined)?.name === "TimeoutError";
    const problem = isLate ? `gave no answer within ${timeoutMs / 1000} s` : "cannot be reached";
    return { httpStatus: null, retryAfterSeconds: 0, problem };
  }
}

/** Of the form in seconds; a date counts as nothing. */
function secondsOf(retryAfter: string | null): number {
  return retryAfter !== null && /^\d{1,6}$/.test(retryAfter.trim()) ? Number(retryAfter) : 0;
}

/** Whether the same request may succeed later. */
export function isTemporary({ httpStatus }: Posted): boolean {
  return httpStatus === null || httpStatus >= 500 || [408, 425, 429].includes(httpStatus);
}
