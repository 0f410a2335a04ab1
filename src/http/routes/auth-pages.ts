// The pages of signing in: where the links of its mails end, and where a sign-in elsewhere ends that failed.
import type { Context } from "hono";
import { HomeportError } from "../../errors.ts";
import type { AppEnv } from "../app-env.ts";
import { answerError } from "../errors.ts";
import { plainPage } from "../pages/plain-page.ts";

/** The answer as it is for programs and for redirects; for a browser a page with `message`, or with what went wrong. */
export async function asPage(c: Context<AppEnv>, message: string, answer: Promise<Response>): Promise<Response> {
  const isBrowser = c.req.header("accept")?.includes("text/html") ?? false;
  try {
    const response = await answer;
    return isBrowser && response.status === 200
      ? plainPage(c, { title: "Thank you", body: `<p>${message}</p>`, status: 200 })
      : response;
  } catch (error) {
    if (!isBrowser || !(error instanceof HomeportError)) throw error;
    const { status } = answerError(error, c);
    const body = "<p>This link does not work, or no longer. Please ask for a new one.</p>";
    return plainPage(c, { title: "That did not work", body, status });
  }
}

/** Where a sign-in elsewhere ends that failed; `error` is one word of better-auth's. */
export function answerProblemPage(c: Context<AppEnv>): Response {
  const code =
    c.req
      .query("error")
      ?.replaceAll(/[^A-Za-z0-9_ -]/g, "")
      .slice(0, 100) ?? "";
  if (c.req.header("accept")?.includes("text/html")) {
    const body = `<p>The sign-in failed: ${code || "unknown"}. Please <a href="/sign-in">try again</a>.</p>`;
    return plainPage(c, { title: "That did not work", body, status: 400 });
  }
  throw new HomeportError("bad_request", `The sign-in failed: ${code || "unknown"}.`);
}

/** Asks for the new password and sends it with the token in its own address, behind the `#`. */
export function resetPasswordPage(c: Context<AppEnv>): Response {
  return plainPage(c, { title: "Choose a new password", body: resetForm, status: 200, script: resetScript });
}

const resetForm = `<form>
<p><label>New password, 8 characters or more<br>
<input type="password" minlength="8" maxlength="128" autocomplete="new-password" required autofocus></label></p>
<p><button>Set the password</button></p>
</form>
<p role="status"></p>`;

const resetScript = `
const form = document.querySelector("form");
const status = document.querySelector("[role=status]");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const token = location.hash.slice(1);
  const newPassword = form.querySelector("input").value;
  const body = JSON.stringify({ token, newPassword });
  const headers = { "content-type": "application/json" };
  try {
    const response = await fetch("/api/auth/reset-password", { method: "POST", headers, body });
    if (response.ok) form.remove();
    const { error } = response.ok ? {} : await response.json();
    status.textContent = error ? error.message : "Your password is set. Sign in with it now.";
  } catch {
    status.textContent = "There was no answer. Please try again.";
  }
});`;
