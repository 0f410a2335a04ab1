// The server that set-up.ts has started, for the tests in this folder.
import { inject } from "vitest";
import { Api } from "../../tools/api.ts";

/** The API as the account that all of them share, in one session: an address may not sign in as often as there are tests. */
export function sharedApi(): Api {
  const { url, token } = inject("clientsServer");
  return new Api(url, token);
}
