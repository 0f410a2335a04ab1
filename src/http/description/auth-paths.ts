// Sign-up, sign-in and sessions for the description of the API. The schemas behind them are better-auth's own, so what they take
// and give is written down here; a test compares the list with the routes that exist.
import { accepted, flag, object, operation, page, text } from "./auth-operations.ts";

const date = { type: "string", format: "date-time" };
const email = { type: "string", format: "email", maxLength: 254, example: "ada@example.com" };
const password = { type: "string", minLength: 8, maxLength: 128, example: "correct horse battery" };
const user = object(
  {
    id: text,
    name: text,
    email,
    emailVerified: flag,
    image: { type: ["string", "null"] },
    createdAt: date,
    updatedAt: date,
  },
  ["id", "name", "email", "emailVerified", "createdAt", "updatedAt"],
);
const session = object(
  {
    id: text,
    userId: text,
    token: text,
    expiresAt: date,
    createdAt: date,
    ipAddress: { type: ["string", "null"] },
    userAgent: { type: ["string", "null"] },
  },
  ["id", "userId", "token", "expiresAt", "createdAt"],
);
const signedIn = object({ token: { ...text, description: "Send it as `Authorization: Bearer …`" }, user });
const status = object({ status: flag });
const account = object(
  {
    id: text,
    userId: text,
    providerId: text,
    accountId: text,
    scopes: { type: "array", items: text },
    createdAt: date,
  },
  ["id", "providerId", "accountId"],
);
/** `provider` is an id of SOCIAL_PROVIDERS. */
const startElsewhere = object({ provider: text, callbackURL: text, newUserCallbackURL: text, errorCallbackURL: text }, [
  "provider",
]);
const appJwt = object({
  token: text,
  expiresAt: { type: "integer" },
  hubKey: text,
  mqttUrl: { ...text, format: "uri" },
});

const deletion = object({
  id: { ...text, description: "All that shows later how far it is: nobody can sign in any more" },
  status: { type: "string", enum: ["removing", "done"] },
  requestedAt: { type: "integer" },
  doneAt: { type: ["integer", "null"] },
});

export const authPaths = {
  "/api/auth/sign-up/email": {
    post: operation("signUp", {
      summary: "Make an account with e-mail address and password",
      by: "anybody",
      body: object({ name: { ...text, maxLength: 100, example: "Ada" }, email, password }),
      answer: signedIn,
      refusals: ["bad_request", "forbidden", "conflict", "rate_limited"],
    }),
  },
  "/api/auth/sign-in/email": {
    post: operation("signIn", {
      summary: "Sign in",
      by: "anybody",
      body: object({ email, password, rememberMe: flag }, ["email", "password"]),
      answer: signedIn,
      refusals: ["bad_request", "unauthenticated", "forbidden", "rate_limited"],
    }),
  },
  "/api/auth/sign-out": {
    post: operation("signOut", {
      summary: "End this session",
      by: "anybody",
      answer: object({ success: flag }),
      refusals: [],
    }),
  },
  "/api/auth/get-session": {
    get: operation("getSession", {
      summary: "The present session and its user, or null",
      by: "anybody",
      answer: { anyOf: [object({ session, user }), { type: "null" }] },
      refusals: [],
    }),
  },
  "/api/auth/token": {
    get: operation("getAppJwt", {
      summary: "A short-lived JWT for an app",
      by: "session",
      answer: appJwt,
      refusals: ["unauthenticated"],
    }),
  },
  "/api/auth/list-sessions": {
    get: operation("listSessions", {
      summary: "The person's sessions",
      by: "session",
      answer: { type: "array", items: session },
      refusals: ["unauthenticated"],
    }),
  },
  "/api/auth/change-password": {
    post: operation("changePassword", {
      summary: "Change the password, and end the other sessions if asked to",
      by: "session",
      body: object({ currentPassword: password, newPassword: password, revokeOtherSessions: flag }, [
        "currentPassword",
        "newPassword",
      ]),
      answer: object({ token: { type: ["string", "null"] }, user }),
      refusals: ["bad_request", "unauthenticated", "rate_limited"],
    }),
  },
  "/api/auth/update-user": {
    post: operation("updateUser", {
      summary: "Change name or image",
      by: "session",
      body: object({ name: text, image: text }, []),
      answer: status,
      refusals: ["bad_request", "unauthenticated"],
    }),
  },
  "/api/auth/revoke-session": {
    post: operation("revokeSession", {
      summary: "End one session",
      by: "session",
      body: object({ token: text }),
      answer: status,
      refusals: ["unauthenticated"],
    }),
  },
  "/api/auth/revoke-sessions": {
    post: operation("revokeSessions", {
      summary: "End all sessions",
      by: "session",
      answer: status,
      refusals: ["unauthenticated"],
    }),
  },
  "/api/auth/revoke-other-sessions": {
    post: operation("revokeOtherSessions", {
      summary: "End all sessions but this one",
      by: "session",
      answer: status,
      refusals: ["unauthenticated"],
    }),
  },
  "/api/auth/send-verification-email": {
    post: operation("sendVerificationEmail", {
      summary: "Send the mail again that confirms an address",
      by: "anybody",
      body: object({ email, callbackURL: text }, ["email"]),
      answer: status,
      refusals: ["bad_request", "not_found", "rate_limited"],
    }),
  },
  "/api/auth/verify-email": {
    get: page("verifyEmail", "Confirm an address: what the link in the mail opens", ["token", "callbackURL"]),
  },
  "/api/auth/request-password-reset": {
    post: operation("requestPasswordReset", {
      summary: "Send a mail with a link to set a new password; says the same whether the address is known or not",
      by: "anybody",
      body: object({ email, redirectTo: text }, ["email"]),
      answer: status,
      refusals: ["bad_request", "not_found", "rate_limited"],
    }),
  },
  "/api/auth/reset-password": {
    get: page("resetPasswordPage", "Set a new password: what the link in the mail opens", []),
    post: operation("resetPassword", {
      summary: "Set a new password with the token of the mail; ends all sessions",
      by: "anybody",
      body: object({ newPassword: password, token: text }),
      answer: status,
      refusals: ["bad_request", "not_found", "rate_limited"],
    }),
  },
  "/api/auth/change-email": {
    post: operation("changeEmail", {
      summary: "Change the address, after mails to the old and the new one",
      by: "session",
      body: object({ newEmail: email, callbackURL: text }, ["newEmail"]),
      answer: status,
      refusals: ["bad_request", "unauthenticated", "not_found", "rate_limited"],
    }),
  },
  "/api/auth/sign-in/social": {
    post: operation("signInElsewhere", {
      summary: "Begin to sign in at another provider: answers with the address to send the browser to",
      by: "anybody",
      body: startElsewhere,
      answer: object({ url: { ...text, format: "uri" }, redirect: flag }),
      refusals: ["bad_request", "forbidden", "not_found", "rate_limited"],
    }),
  },
  "/api/auth/callback/{provider}": {
    get: page("signedInElsewhere", "Where another provider sends the browser back to", ["code", "state"], "provider"),
  },
  "/api/auth/link-social": {
    post: operation("linkAccount", {
      summary: "Begin to join an account at another provider to this one",
      by: "session",
      body: startElsewhere,
      answer: object({ url: { ...text, format: "uri" }, redirect: flag }),
      refusals: ["bad_request", "unauthenticated", "forbidden", "not_found", "rate_limited"],
    }),
  },
  "/api/auth/list-accounts": {
    get: operation("listAccounts", {
      summary: "The ways in which the person may sign in",
      by: "session",
      answer: { type: "array", items: account },
      refusals: ["unauthenticated"],
    }),
  },
  "/api/auth/unlink-account": {
    post: operation("unlinkAccount", {
      summary: "Take away one of the ways to sign in, but not the last",
      by: "session",
      body: object({ accountId: { ...text, description: "The `id` in the list of accounts" } }),
      answer: status,
      refusals: ["bad_request", "unauthenticated"],
    }),
  },
  "/api/auth/delete-account": {
    post: accepted(
      operation("deleteAccount", {
        summary: "Delete the account with everything; at once signed out, removed by and by",
        by: "session",
        body: object(
          { password: { ...text, description: "Not needed within ten minutes of signing in", maxLength: 128 } },
          [],
        ),
        answer: deletion,
        refusals: ["bad_request", "unauthenticated", "forbidden", "rate_limited"],
      }),
    ),
  },
  "/api/auth/account-deletion": {
    get: {
      ...operation("accountDeletion", {
        summary: "Whether everything of an account is removed",
        by: "anybody",
        answer: deletion,
        refusals: ["not_found"],
      }),
      parameters: [{ name: "id", in: "query" as const, required: true, schema: text }],
    },
  },
  "/api/auth/error": {
    get: page("authProblemPage", "Where a link ends that did not work", ["error"]),
  },
};
