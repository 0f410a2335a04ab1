// /api/auth: sign-up, sign-in and sessions of people by better-auth, and the JWT of their apps. What is not listed here does not
// exist, whatever better-auth could do.
import { type Context, Hono } from "hono";
import { deleteAccount } from "../../services/account/delete-account.ts";
import { getDeletion } from "../../services/account/get-deletion.ts";
import { isPasswordOf } from "../../services/people/authenticate.ts";
import { issueAppJwt } from "../../services/people/issue-app-jwt.ts";
import { peopleOf } from "../../services/people/open-people.ts";
import type { AppEnv } from "../app-env.ts";
import { personContext, requireOwnOrigin, shownBy } from "../middleware/authenticate.ts";
import { mailboxLimit, mailLimit, mailRequired } from "../middleware/mail-limit.ts";
import { signInLimit, signUpLimit } from "../middleware/rate-limit.ts";
import { answerProblemPage, asPage, resetPasswordPage } from "./auth-pages.ts";

export const authRoutes = new Hono<AppEnv>();

authRoutes.get("/token", async (c) => {
  const { ctx, expiresAt } = await personContext(c);
  return c.json(await issueAppJwt({ ctx, input: { notAfter: expiresAt } }));
});

authRoutes.post("/delete-account", signInLimit, async (c) => {
  const shown = shownBy(c);
  if (shown.bearer === null) requireOwnOrigin(c);
  const { ctx, signedInAt } = await personContext(c);
  const body: { password?: unknown } | null = await c.req.json().catch(() => null);
  const password = body?.password;
  const isPasswordRight =
    typeof password === "string" ? await isPasswordOf({ ctx, input: { ...shown, password } }) : null;
  return c.json(await deleteAccount({ ctx, input: { signedInAt, isPasswordRight } }), 202);
});

authRoutes.get("/account-deletion", async (c) => {
  return c.json(await getDeletion({ ctx: c.var.request, input: { id: (c.req.query("id") ?? "").slice(0, 64) } }));
});

authRoutes.use("/sign-up/email", signUpLimit, mailboxLimit);
for (const path of ["/sign-in/email", "/sign-in/social", "/link-social", "/change-password", "/reset-password"]) {
  authRoutes.use(path, signInLimit);
}
for (const path of ["/send-verification-email", "/request-password-reset", "/change-email", "/verify-email"]) {
  authRoutes.use(path, mailRequired, mailLimit);
}
authRoutes.use("/reset-password", mailRequired);

// What links in mails open. A link without a page to go on to ends at a page of ours.
authRoutes.get("/verify-email", async (c) =>
  asPage(c, "Your address is confirmed. You can close this page.", handled(c)),
);
authRoutes.get("/reset-password", resetPasswordPage);
authRoutes.get("/callback/:provider", signInLimit, handled);
authRoutes.get("/error", answerProblemPage);

const reads = ["/get-session", "/list-sessions", "/list-accounts"];
const writes = [
  "/sign-up/email",
  "/sign-in/email",
  "/sign-in/social",
  "/link-social",
  "/unlink-account",
  "/sign-out",
  "/change-password",
  "/update-user",
  "/revoke-session",
  "/revoke-sessions",
  "/revoke-other-sessions",
  "/send-verification-email",
  "/request-password-reset",
  "/reset-password",
  "/change-email",
];

for (const [method, paths] of [
  ["GET", reads],
  ["POST", writes],
] as const) {
  authRoutes.on(method, paths, handled);
}

function handled(c: Context<AppEnv>): Promise<Response> {
  return charged(c, peopleOf(c.var.request, new URL(c.req.url).origin).handle(c.req.raw));
}

async function charged(c: Context<AppEnv>, answering: Promise<Response>): Promise<Response> {
  const response = await answering;
  c.var.request.meter.paidBy({ userId: await userIn(response) });
  return response;
}

/** Whose account an answer shows, for the bill; null: nobody's. */
async function userIn(response: Response): Promise<string | null> {
  const body = await response
    .clone()
    .json<{ user?: { id?: string } } | null>()
    .catch(() => null);
  return body?.user?.id ?? null;
}
