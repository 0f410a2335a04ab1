// Every flow that goes by mail, against the server as `npm start` runs it: its output names the files, and what they say is followed.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestServer } from "../support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.remove());

const password = "correct horse battery";
const newPassword = "battery staple correct";

interface Answer {
  status: number;
  body: { token: string; user: { email: string; emailVerified: boolean } };
}

async function call(method: string, path: string, options: { token?: string; body?: object; userAgent?: string } = {}) {
  const headers = {
    "content-type": "application/json",
    "user-agent": options.userAgent ?? "homeport-test",
    ...(options.token && { authorization: `Bearer ${options.token}` }),
  };
  const body = options.body ? JSON.stringify(options.body) : undefined;
  const response = await fetch(server.url + path, { method, headers, ...(body && { body }) });
  return { status: response.status, body: await response.json() } as Answer;
}

interface MailFiles {
  text: string;
  html: string;
  link: string;
}

let read = 0;

/** The next mail that the server says it sent to this address. */
async function nextMail(to: string): Promise<MailFiles> {
  const pattern = /^Mail to (.*): (.*)\n {2}text: (.*)\n {2}HTML: (.*)\n/gm;
  for (let attempt = 0; attempt < 200; attempt++) {
    pattern.lastIndex = read;
    const match = pattern.exec(server.output);
    if (match) {
      read = pattern.lastIndex;
      const [, address, , textPath = "", htmlPath = ""] = match;
      expect(address).toBe(to);
      const text = readFileSync(textPath, "utf8");
      const html = readFileSync(htmlPath, "utf8");
      const url = /^http:\S+$/m.exec(text)?.[0] ?? "";
      if (url !== "") expect(html).toContain(`href="${url.replaceAll("&", "&amp;")}"`);
      return { text, html, link: url.replace(server.url, "") };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no mail to ${to}; the server said: ${server.output}`);
}

const addressOf = async (token: string) => (await call("GET", "/api/auth/get-session", { token })).body.user;

describe("by mails in files", () => {
  it("an address is confirmed, a new device told, an address changed and a password reset", async () => {
    const email = `${crypto.randomUUID()}@example.com`;
    const signedUp = await call("POST", "/api/auth/sign-up/email", { body: { name: "Ada", email, password } });
    const { token } = signedUp.body;
    expect(await addressOf(token)).toMatchObject({ emailVerified: false });
    expect((await call("GET", (await nextMail(email)).link)).status).toBe(200);
    expect(await addressOf(token)).toMatchObject({ emailVerified: true });

    await call("POST", "/api/auth/sign-in/email", { body: { email, password }, userAgent: "curl/8.5.0" });
    expect((await nextMail(email)).text).toContain("curl, from");

    const newEmail = `${crypto.randomUUID()}@example.com`;
    await call("POST", "/api/auth/change-email", { token, body: { newEmail } });
    await call("GET", (await nextMail(email)).link);
    await call("GET", (await nextMail(newEmail)).link);
    expect(await addressOf(token)).toMatchObject({ email: newEmail, emailVerified: true });

    await call("POST", "/api/auth/request-password-reset", { body: { email: newEmail } });
    const { link } = await nextMail(newEmail);
    const page = await fetch(server.url + link, { headers: { accept: "text/html" } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("Choose a new password")]);
    const reset = { token: link.split("#").pop(), newPassword };
    expect((await call("POST", "/api/auth/reset-password", { body: reset })).status).toBe(200);
    expect((await nextMail(newEmail)).text).toContain("has a new password");
    const sign = (secret: string) =>
      call("POST", "/api/auth/sign-in/email", { body: { email: newEmail, password: secret } });
    expect((await sign(password)).status).toBe(401);
    expect((await sign(newPassword)).status).toBe(200);
    expect(server.output).not.toContain("token=");
  });
});
