// The server that set-up.ts has started, for the tests in this folder.
import { inject } from "vitest";
import { Api } from "../../tools/api.ts";

/** The API as the account that all of them share; what a test makes in it has names of its own. */
export async function signIn(): Promise<Api> {
  const { url, account } = inject("clientsServer");
  const api = new Api(url);
  await api.signIn(account);
  return api;
}
