// How the console loads and keeps what the API answers: fresh when looked at again, kept while offline, repeated only when that can help.
import type { VueQueryPluginOptions } from "@tanstack/vue-query";
import { ApiError } from "./call-api.ts";

const retries = 2;

export const queryOptions: VueQueryPluginOptions = {
  queryClientConfig: {
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        gcTime: 10 * 60_000,
        networkMode: "always",
        retry: (failures, error) => failures < retries && isWorthRepeating(error),
      },
      mutations: { networkMode: "always" },
    },
  },
};

function isWorthRepeating(error: unknown): boolean {
  return !(error instanceof ApiError) || error.status === 0 || error.status >= 500;
}
