// The few pages that links in mails end at when nobody asked to be sent on to a page of their own. They load nothing, and run one
// script at most, which is named by a nonce.
import type { Context } from "hono";
import type { AppEnv } from "../app-env.ts";

interface PlainPage {
  title: string;
  /** HTML. */
  body: string;
  status: number;
  script?: string;
  /** Whether it has a form that is sent to its own address. */
  hasForm?: boolean;
}

export function plainPage(c: Context<AppEnv>, { title, body, status, script, hasForm = false }: PlainPage): Response {
  const nonce = crypto.randomUUID();
  c.header(
    "Content-Security-Policy",
    `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; ` +
      `form-action ${hasForm ? "'self'" : "'none'"}; frame-ancestors 'none'; base-uri 'none'`,
  );
  const scriptElement = script === undefined ? "" : `<script nonce="${nonce}">${script}</script>`;
  return c.html(
    `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style nonce="${nonce}">body { margin: 3em auto; padding: 0 1em; max-width: 30em; font: 16px/1.5 sans-serif; }</style>
</head>
<body>
<h1>${title}</h1>
${body}
${scriptElement}
</body>
</html>
`,
    status as 200,
  );
}
