// How the console loads and keeps what the API answers: fresh when looked at again, kept while offline, repeated only when that can help.
import { MutationCache, QueryCache, QueryClient, type VueQueryPluginOptions } from "@tanstack/vue-query";
import { ApiError } from "./call-api.ts";
import { router } from "./router.ts";
import { forgetSession } from "./session.ts";

const retries = 2;

export const queryOptions: VueQueryPluginOptions = {
  queryClient: new QueryClient({
    queryCache: new QueryCache({ onError: leaveIfSignedOut }),
    mutationCache: new MutationCache({ onError: leaveIfSignedOut }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 10 * 60_000,
        networkMode: "always",
        retry: (failures, error) => failures < retries && isWorthRepeating(error),
      },
      mutations: { networkMode: "always" },
    },
  }),
};

function isWorthRepeating(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
}

/** The session has ended, here or elsewhere: the person signs in and comes back to where they were. */
function leaveIfSignedOut(error: unknown): void {
  const { fullPath, meta } = router.currentRoute.value;
  if (!(error instanceof ApiError) || error.status !== 401 || meta.isPublic) return;
  forgetSession();
  void router.replace({ path: "/sign-in", query: { next: fullPath } });
}
