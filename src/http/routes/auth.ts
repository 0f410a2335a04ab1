// /api/auth: sign-up, sign-in and sessions of people by better-auth, and the JWT of their apps. What is not listed here does not
// exist, whatever better-auth could do.
import { Hono } from "hono";
import { issueAppJwt } from "../../services/people/issue-app-jwt.ts";
import { peopleOf } from "../../services/people/open-people.ts";
import type { AppEnv } from "../app-env.ts";
import { sessionContext } from "../middleware/authenticate.ts";
import { signInLimit, signUpLimit } from "../middleware/rate-limit.ts";

export const authRoutes = new Hono<AppEnv>();

authRoutes.get("/token", async (c) => c.json(await issueAppJwt({ ctx: await sessionContext(c) })));

authRoutes.use("/sign-up/email", signUpLimit);
authRoutes.use("/sign-in/email", signInLimit);
authRoutes.use("/change-password", signInLimit);

const reads = ["/get-session", "/list-sessions"];
const writes = [
  "/sign-up/email",
  "/sign-in/email",
  "/sign-out",
  "/change-password",
  "/update-user",
  "/revoke-session",
  "/revoke-sessions",
  "/revoke-other-sessions",
];

for (const [method, paths] of [
  ["GET", reads],
  ["POST", writes],
] as const) {
  authRoutes.on(method, paths, (c) => peopleOf(c.var.request, new URL(c.req.url).origin).handle(c.req.raw));
}
