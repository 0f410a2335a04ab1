// When better-auth tells people something by mail, and with which links. Knows no words and sends nothing itself.
import type { BetterAuthOptions } from "better-auth/minimal";
import type { PersonNotice } from "../domain/person-notice.ts";

/** Tells a person at an address, later: nobody waits for a mail. Null in a deployment that sends none. */
export type NotifyPerson = ((to: string, notice: PersonNotice) => void) | null;

interface NoticeOptions {
  notify: NotifyPerson;
  baseURL: string;
  requireVerifiedEmail: boolean;
}

type NoticeParts = Required<Pick<BetterAuthOptions, "emailAndPassword" | "emailVerification" | "user">>;

/** One hour, for every link. */
const linkSeconds = 3600;

export function noticeOptions({ notify, baseURL, requireVerifiedEmail }: NoticeOptions): NoticeParts {
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
        const page = `${baseURL}/api/auth/reset-password/${token}`;
        const link = callback ? `${page}?callbackURL=${encodeURIComponent(callback)}` : page;
        notify(user.email, { kind: "resetPassword", url: link });
      },
      onPasswordReset: async ({ user }) => notify(user.email, { kind: "passwordReset" }),
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

/** Where nobody asked to be sent on, the answer itself says what happened. */
function withoutDefaultCallback(url: string): string {
  const link = new URL(url);
  if (link.searchParams.get("callbackURL") === "/") link.searchParams.delete("callbackURL");
  return link.href;
}
