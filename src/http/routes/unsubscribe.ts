// /v1/unsubscribe: the link in the mails of rules. Whoever has a mail may end them, and begin them again; nobody signs in, and no
// cookie is looked at. Looking changes nothing, for mailboxes follow links by themselves; a POST does, as mail programs send it with
// one click (RFC 8058).
import { OpenAPIHono, createRoute, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { HomeportError } from "../../errors.ts";
import { personOfToken, setRuleMails } from "../../services/notifications/rule-mails.ts";
import type { AppEnv } from "../app-env.ts";
import { answerError } from "../errors.ts";
import { plainPage } from "../pages/plain-page.ts";
import { refusals } from "../schemas/common.ts";
import { refuseInvalid } from "../validation.ts";

export const unsubscribeRoutes = new OpenAPIHono<AppEnv>({ defaultHook: refuseInvalid });

const query = z.object({
  token: z.string().max(1024).default("").openapi({ description: "Of the mail" }),
  undo: z.enum(["1"]).optional().openapi({ description: "Send the mails again" }),
});
const tags = ["People"];
const pages = (description: string) => ({
  200: { description, content: { "text/html": { schema: z.string() } } },
  ...refusals(["bad_request", "not_found", "payload_too_large", "internal", "unavailable", "schema_outdated"]),
});

unsubscribeRoutes.onError((error, c) => {
  const answer = answerError(error, c);
  const isOld = error instanceof HomeportError && error.code === "not_found";
  if (!isOld || !c.req.header("accept")?.includes("text/html")) return answer;
  const body = "<p>This link does not work, or no longer. Sign in: your account says which mails you get.</p>";
  return plainPage(c, { title: "That did not work", body, status: answer.status });
});

unsubscribeRoutes.openapi(
  createRoute({
    method: "get",
    path: "/unsubscribe",
    tags,
    summary: "A page that asks whether the mails of one's rules are to end",
    security: [],
    request: { query },
    responses: pages("The page; it changes nothing"),
  }),
  (c) => {
    const { token } = c.req.valid("query");
    personOfToken(c.var.request, token);
    const body = `<p>Your rules tell you things by mail. They would go on working, and tell you in the other ways you chose.</p>
${form(token, "Send me no more of them")}`;
    return plainPage(c, { title: "No more mails from your rules?", body, status: 200, hasForm: true });
  },
);

unsubscribeRoutes.openapi(
  createRoute({
    method: "post",
    path: "/unsubscribe",
    tags,
    summary: "End the mails of one's rules, or begin them again (RFC 8058)",
    security: [],
    request: { query },
    responses: pages("It is done, with a way back"),
  }),
  async (c) => {
    const { token, undo } = c.req.valid("query");
    await setRuleMails({ ctx: c.var.request, input: { token, areWanted: undo !== undefined } });
    return done(c, token, undo !== undefined);
  },
);

function done(c: Context<AppEnv>, token: string, areWanted: boolean): Response {
  if (areWanted) {
    const body = "<p>Your rules write to you again, where they say so.</p>";
    return plainPage(c, { title: "You get mails again", body, status: 200 });
  }
  const body = `<p>Your rules write to you no more. Your account says so too, and changes it back, as this does:</p>
${form(token, "Undo", "&amp;undo=1")}`;
  return plainPage(c, { title: "No more mails from your rules", body, status: 200, hasForm: true });
}

/** The token was verified: it has no character that HTML or an address would mind. */
function form(token: string, label: string, more = ""): string {
  return `<form method="post" action="/v1/unsubscribe?token=${token}${more}"><button>${label}</button></form>`;
}
