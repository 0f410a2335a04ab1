// The API as the console uses it: with the session's cookie, and with failures that a person can read.
import { openApi } from "./api/client.ts";

/** What the server refused, or that it could not be reached: `status` is 0 then. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly requestId: string | null;

  constructor(status: number, code: string, message: string, requestId: string | null) {
    super(message);
    this.name = "ApiError";
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

export const api = openApi({ baseUrl: window.location.origin, credentials: "same-origin" });

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer, or an ApiError: `const { items } = await answerOf(api.GET("/v1/devices"))`. */
export async function answerOf<Data>(request: Promise<Answer<Data>>): Promise<Data> {
  let answer: Answer<Data>;
  try {
    answer = await request;
  } catch {
    throw new ApiError(0, "network", "The server cannot be reached.", null);
  }
  if (answer.response.ok) return answer.data as Data;
  throw errorOf(answer.response, answer.error);
}

interface ErrorBody {
  /** Of ours. */
  error?: { code: string; message: string; requestId: string };
  /** Of the account's routes. */
  code?: string;
  message?: string;
}

export function errorOf(response: Response, body: unknown): ApiError {
  const { error, code, message } = (typeof body === "object" && body !== null ? body : {}) as ErrorBody;
  return new ApiError(
    response.status,
    error?.code ?? code ?? "unexpected",
    error?.message ?? message ?? response.statusText,
    error?.requestId ?? response.headers.get("x-request-id"),
  );
}

/** The account's routes, which the description lists without their bodies. */
export async function auth<Data>(method: "GET" | "POST", path: string, body?: object): Promise<Data> {
  let response: Response;
  try {
    response = await fetch(`/api/auth${path}`, {
      method,
      credentials: "same-origin",
      ...(method === "POST" && { body: JSON.stringify(body ?? {}), headers: { "content-type": "application/json" } }),
    });
  } catch {
    throw new ApiError(0, "network", "The server cannot be reached.", null);
  }
  const text = await response.text();
  const data: unknown = text === "" ? null : JSON.parse(text);
  if (!response.ok) throw errorOf(response, data);
  return data as Data;
}
