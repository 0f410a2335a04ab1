// /pair: where a person enters the code that a device shows, until the console does that better. One page that loads nothing and
// talks to the API with the session's cookie; what it may do is named by hashes.
import { createHash } from "node:crypto";

const style = `
:root { color-scheme: light dark; }
body { margin: 3em auto; padding: 0 1em; max-width: 30em; font: 16px/1.5 system-ui, sans-serif; }
input { font: inherit; padding: 0.3em; width: 100%; box-sizing: border-box; }
#code { font: 1.5em ui-monospace, monospace; letter-spacing: 0.1em; text-transform: uppercase; }
button { font: inherit; padding: 0.4em 1.2em; margin-right: 0.5em; }
`;

const body = `
<h1>Pair a device</h1>
<form id="sign-in" hidden>
<h2>Sign in first</h2>
<p><label>E-mail address<br><input id="email" type="email" autocomplete="username" required></label></p>
<p><label>Password<br><input id="password" type="password" autocomplete="current-password" required></label></p>
<p><button>Sign in</button></p>
</form>
<form id="enter" hidden>
<p><label>The code that the device shows<br>
<input id="code" autocomplete="off" autocapitalize="characters" spellcheck="false" maxlength="12" required></label></p>
<p><button>Continue</button></p>
</form>
<form id="decide" hidden>
<p>A device asks to be let in. It says it is <strong id="client"></strong>. It asked from <span id="where"></span>,
<span id="when"></span>. Approve it only if you hold it in your hands and it shows <strong id="shown"></strong>.</p>
<p><label>Name of the device<br><input id="name" maxlength="100" required></label></p>
<p><button>Approve</button><button type="button" id="deny">Deny</button></p>
</form>
<p id="status" role="status"></p>
`;

const script = `
const $ = (id) => document.getElementById(id);
let code = new URLSearchParams(location.search).get("code") ?? "";

async function api(method, path, body) {
  const headers = body ? { "content-type": "application/json" } : {};
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const answer = response.status === 204 ? null : await response.json();
  if (response.ok) return answer;
  if (response.status === 401 && path.startsWith("/v1/")) show("sign-in");
  throw new Error(answer.error.message);
}

function show(form, message = "") {
  for (const { id } of document.forms) $(id).hidden = id !== form;
  $("status").textContent = message;
  if (form) $(form).querySelector("input").focus();
}

async function look() {
  if (!code) return show("enter");
  const pairing = await api("GET", pathOf(code));
  if (pairing.status !== "pending") return show("enter", "This code was used already.");
  $("client").textContent = pairing.clientId;
  $("where").textContent = pairing.country ?? "an unknown country";
  $("when").textContent = new Date(pairing.createdAt).toLocaleTimeString();
  $("shown").textContent = pairing.userCode;
  $("name").value = pairing.suggestedName ?? "";
  show("decide");
}

const pathOf = (typed) => "/v1/pairing/" + encodeURIComponent(typed);

function attempt(act) {
  return async (event) => {
    event?.preventDefault();
    try {
      await act();
    } catch (error) {
      $("status").textContent = error.message;
    }
  };
}

$("sign-in").addEventListener("submit", attempt(async () => {
  await api("POST", "/api/auth/sign-in/email", { email: $("email").value, password: $("password").value });
  await look();
}));
$("enter").addEventListener("submit", attempt(async () => {
  code = $("code").value;
  await look();
}));
$("decide").addEventListener("submit", attempt(async () => {
  const { name } = await api("POST", pathOf(code) + "/approve", { name: $("name").value });
  show(null, "Approved. The device connects as “" + name + "” within a few seconds.");
}));
$("deny").addEventListener("click", attempt(async () => {
  await api("POST", pathOf(code) + "/deny");
  show(null, "Denied. The device has been sent away.");
}));

void attempt(async () => {
  const session = await api("GET", "/api/auth/get-session");
  $("code").value = code;
  if (session) await look().catch((error) => { show("enter"); throw error; });
  else show("sign-in");
})();
`;

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

export const pairPage = {
  html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
<title>Pair a device</title>
<style>${style}</style>
</head>
<body>
${body}
<script>${script}</script>
</body>
</html>
`,
  contentSecurityPolicy:
    `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; connect-src 'self'; ` +
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
};
