// Signing in elsewhere: which providers there are, the way to one of them and back, and what went wrong there.
import { useQuery } from "@tanstack/vue-query";
import { answerOf, api, auth } from "../call-api.ts";

export interface Provider {
  id: string;
  name: string;
}

export function useSignInMethods() {
  return useQuery({
    queryKey: ["sign-in-methods"],
    queryFn: () => answerOf(api.GET("/v1/sign-in-methods")),
    staleTime: 5 * 60_000,
  });
}

/**
 * Leaves for the provider, which sends the browser back to `page`, a path of this console: after a failure with `error` in its query,
 * always with the provider as `with`. Resolves when the browser is on its way.
 */
export async function goTo(provider: Provider, purpose: "sign-in" | "link", page: string): Promise<void> {
  const back = `${page}${page.includes("?") ? "&" : "?"}with=${provider.id}`;
  const path = purpose === "link" ? "/link-social" : "/sign-in/social";
  const body = { provider: provider.id, callbackURL: back, errorCallbackURL: back };
  const { url } = await auth<{ url: string }>("POST", path, body);
  window.location.assign(url);
}

/** Those that have words of their own in the messages; the others are faults that only the deployment's operator understands. */
const knownErrors = [
  "access_denied",
  "account_not_linked",
  "account_already_linked_to_different_user",
  "email_does_not_match",
  "email_not_found",
  "email_not_verified",
];

/** The key of what to say, and what it is about, of the page's query; null: nothing went wrong. */
export function problemIn(
  query: Record<string, unknown>,
  providers: Provider[],
): { key: string; provider: string; code: string } | null {
  if (typeof query.error !== "string") return null;
  const provider = providers.find(({ id }) => id === query.with)?.name ?? "";
  // Nothing that a stranger put into a link is shown, except a word.
  const code = query.error.replaceAll(/[^A-Za-z0-9_ -]/g, "").slice(0, 60);
  const key = provider !== "" && knownErrors.includes(code) ? code : "unexpected";
  return { key: `signIn.elsewhere.${key}`, provider: provider || "?", code };
}
