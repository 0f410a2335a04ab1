// How a request that does not fit its schema is refused: naming each field.
import { HomeportError } from "../errors.ts";

interface Issue {
  path: PropertyKey[];
  message: string;
}

type Validated = { success: true } | { success: false; error: { issues: Issue[] } };

/** The hook of every OpenAPIHono. */
export function refuseInvalid(result: Validated): void {
  if (result.success) return;
  const problems = result.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
  throw new HomeportError("bad_request", problems.join("; "));
}
