// How people may sign in to this deployment: what a page shows before anybody is signed in. Says nothing of anybody.
import type { RequestContext } from "../context.ts";

export interface SignInMethods {
  /** Whether somebody who forgot their password can get a new one: by mail. */
  passwordReset: boolean;
  providers: { id: string; name: string }[];
}

export function signInMethods({ ctx }: { ctx: Pick<RequestContext, "config" | "mail"> }): SignInMethods {
  const providers = ctx.config.SOCIAL_PROVIDERS.map(({ id, name }) => ({ id, name: name ?? nameOf(id) }));
  return { passwordReset: ctx.mail !== null, providers };
}

/** `google` is Google. */
function nameOf(id: string): string {
  return id
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join(" ");
}
