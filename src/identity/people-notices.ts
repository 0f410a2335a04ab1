// When better-auth tells people something by mail, and with which links. Knows no words and sends nothing itself.
import type { BetterAuthOptions } from "better-auth/minimal";
import type { PersonNotice } from "../domain/person-notice.ts";
import type { Store } from "../store/store.ts";
import type { SignInDevice } from "./people-devices.ts";

/** Tells a person at an address, later: nobody waits for a mail. Null in a deployment that sends none. */
export type NotifyPerson = ((to: string, notice: PersonNotice) => void) | null;

interface NoticeOptions {
  notify: NotifyPerson;
  store: Store;
  baseURL: string;
  requireVerifiedEmail: boolean;
}

type NoticeParts = Required<Pick<BetterAuthOptions, "emailAndPassword" | "emailVerification" | "user">>;

/** One hour, for every link. */
const linkSeconds = 3600;

export function noticeOptions({ notify, store, baseURL, requireVerifiedEmail }: NoticeOptions): NoticeParts {
  const emailAndPassword = { enabled: true, minPasswordLength: 8, maxPasswordLength: 128 };
  if (notify === null) return { emailAndPassword, emailVerification: {}, user: {} };
  return {
    emailAndPassword: {
      ...emailAndPassword,
      requireEmailVerification: requireVerifiedEmail,
      resetPasswordTokenExpiresIn: linkSeconds,
      revokeSessionsOnPasswordReset: true,
      sendResetPassword: async ({ user, url, token }) => {
        const callback = new URL(url).searchParams.get("callbackURL");
        notify(user.email, { kind: "resetPassword", url: resetLink(baseURL, callback, token) });
      },
      onPasswordReset: async ({ user }) => {
        notify(user.email, { kind: "passwordReset" });
        // Who signs in next is worth a notice, from wherever.
        await store.people.forgetDevices(user.id).catch(() => null);
      },
      // Asked for only where a sign-up may not tell whether the address is taken.
      onExistingUserSignUp: async ({ user }) => notify(user.email, { kind: "alreadyRegistered" }),
    },
    emailVerification: {
      sendOnSignUp: true,
      expiresIn: linkSeconds,
      sendVerificationEmail: async ({ user, url }) =>
        notify(user.email, { kind: "verifyAddress", url: withoutDefaultCallback(url) }),
    },
    user: {
      changeEmail: {
        enabled: true,
        sendChangeEmailConfirmation: async ({ user, newEmail, url }) =>
          notify(user.email, { kind: "changeAddress", newAddress: newEmail, url: withoutDefaultCallback(url) }),
      },
    },
  };
}

/**
 * To a page of the deployment's owner, which was checked when it was asked for, or to one of ours. The path never holds the
 * token, for paths are logged; ours gets it in the fragment, which no server sees.
 */
function resetLink(baseURL: string, callback: string | null, token: string): string {
  if (!callback) return `${baseURL}/api/auth/reset-password#${token}`;
  const link = new URL(callback, baseURL);
  link.searchParams.set("token", token);
  return link.href;
}

/** Half a year. */
const deviceMs = 180 * 86_400_000;

/** Remembers the device that a new session, or a new user, comes from: whether it was unknown. Never fails a sign-in. */
export async function rememberDevice(store: Store, userId: string, device: SignInDevice): Promise<boolean> {
  const now = Date.now();
  return store.people.rememberDevice({ id: device.id, userId, now, expiresAt: now + deviceMs }).catch(() => false);
}

/** Where nobody asked to be sent on, the answer itself says what happened. */
function withoutDefaultCallback(url: string): string {
  const link = new URL(url);
  if (link.searchParams.get("callbackURL") === "/") link.searchParams.delete("callbackURL");
  return link.href;
}
