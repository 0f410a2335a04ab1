import { describe, expect, it, vi } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { call, password } from "../support/api.ts";
import { Mailbox } from "../support/mailbox.ts";

const newAddress = () => `${newId("mail")}@example.com`;
const newPassword = "battery staple correct";

async function signUp(mailbox: Mailbox, email: string, fields: object = {}) {
  return mailbox.call("POST", "/api/auth/sign-up/email", { body: { name: "Ada", email, password, ...fields } });
}

/** From a client address of its own each time, unless headers name one. */
function signIn(mailbox: Mailbox, email: string, secret = password, headers: Record<string, string> = {}) {
  return mailbox.call("POST", "/api/auth/sign-in/email", { body: { email, password: secret }, headers });
}

/** Signs up and follows the link. */
async function verifiedUser(mailbox: Mailbox) {
  const email = newAddress();
  const { body } = await signUp(mailbox, email);
  await mailbox.call("GET", mailbox.take(email).link);
  return { email, token: body.token as string };
}

describe("confirming an address", () => {
  it("is asked for at sign-up and done by the link", async () => {
    const mailbox = new Mailbox();
    const email = newAddress();
    const { body } = await signUp(mailbox, email);
    expect(body.user.emailVerified).toBe(false);
    const mail = mailbox.take(email);
    expect(mail.from).toEqual({ name: "Homeport", email: "post@homeport.test" });
    expect(mail.subject).toBe("Confirm your address for homeport.test");
    expect(mail.text).not.toContain("Ada");
    expect(await mailbox.call("GET", mail.link)).toMatchObject({ status: 200, body: { status: true } });
    const session = await mailbox.call("GET", "/api/auth/get-session", { token: body.token });
    expect(session.body.user.emailVerified).toBe(true);
    expect(await mailbox.call("GET", mail.link)).toMatchObject({ status: 200 });
  });

  it("ends at a page of ours for a browser, or at the page that was asked for", async () => {
    const mailbox = new Mailbox();
    const headers = { accept: "text/html" };
    const email = newAddress();
    await signUp(mailbox, email);
    const { link } = mailbox.take(email);
    const page = await mailbox.page(link, headers);
    expect([page.status, page.text]).toEqual([200, expect.stringContaining("Your address is confirmed")]);
    expect(page.headers.get("content-security-policy")).toContain("default-src 'none'");
    const broken = await mailbox.page(`${link}x`, headers);
    expect([broken.status, broken.text]).toEqual([401, expect.stringContaining("ask for a new one")]);

    const other = newAddress();
    await signUp(mailbox, other, { callbackURL: "/welcome" });
    const answer = await mailbox.call("GET", mailbox.take(other).link);
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/welcome"]);
  });

  it("sends nobody on to a page that is not ours", async () => {
    const mailbox = new Mailbox();
    const email = newAddress();
    expect(await signUp(mailbox, email, { callbackURL: "https://evil.example/" })).toMatchObject({ status: 403 });
    await signUp(mailbox, email);
    const { link } = mailbox.take(email);
    const callback = `&callbackURL=${encodeURIComponent("https://evil.example/")}`;
    expect(await mailbox.call("GET", link + callback)).toMatchObject({ status: 403 });
  });

  it("can be asked for again, and says the same of an address nobody has", async () => {
    const mailbox = new Mailbox();
    const email = newAddress();
    await signUp(mailbox, email);
    mailbox.take(email);
    const again = await mailbox.call("POST", "/api/auth/send-verification-email", { body: { email } });
    expect(again).toMatchObject({ status: 200, body: { status: true } });
    mailbox.take(email);
    const body = { email: newAddress() };
    const unknown = await mailbox.call("POST", "/api/auth/send-verification-email", { body });
    expect([unknown.status, unknown.body]).toEqual([again.status, again.body]);
    expect(mailbox.mails).toEqual([]);
  });
});

describe("where an address must be confirmed before a sign-in", () => {
  const strict = () => new Mailbox({ REQUIRE_VERIFIED_EMAIL: "true" });

  it("a sign-up opens no session, and a sign-in works after the link", async () => {
    const mailbox = strict();
    const email = newAddress();
    const { status, body, headers } = await signUp(mailbox, email);
    expect([status, body.token, headers.get("set-auth-token")]).toEqual([200, null, null]);
    expect(await signIn(mailbox, email)).toMatchObject({ status: 403, body: { error: { code: "forbidden" } } });
    await mailbox.call("GET", mailbox.take(email).link);
    expect(await signIn(mailbox, email)).toMatchObject({ status: 200 });
  });

  it("a sign-up does not tell whether the address is taken; its owner is told by mail", async () => {
    const mailbox = strict();
    const { email } = await verifiedUser(mailbox);
    const taken = await signUp(mailbox, email);
    expect(mailbox.take(email).subject).toBe("You have an account at homeport.test");
    const other = newAddress();
    const free = await signUp(mailbox, other);
    expect(Object.keys(taken.body.user).toSorted()).toEqual(Object.keys(free.body.user).toSorted());
    expect([taken.status, taken.body.token]).toEqual([free.status, free.body.token]);
    expect(await signIn(mailbox, email)).toMatchObject({ status: 200 });
  });

  it("the configuration must have MAIL_FROM", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const answer = await strict().withoutSender().call("GET", "/api/auth/get-session");
    expect(answer).toMatchObject({ status: 500, body: { error: { code: "internal" } } });
    expect(log.mock.calls.flat().join()).toMatch(/REQUIRE_VERIFIED_EMAIL: needs MAIL_FROM/);
    log.mockRestore();
  });
});

describe("a forgotten password", () => {
  it("is replaced by the link, which ends every session and works once", async () => {
    const mailbox = new Mailbox();
    const { email, token } = await verifiedUser(mailbox);
    const asked = await mailbox.call("POST", "/api/auth/request-password-reset", { body: { email } });
    const { link, subject } = mailbox.take(email);
    expect(subject).toBe("A new password for homeport.test");
    const page = await mailbox.page(link, { accept: "text/html" });
    expect([page.status, page.text]).toEqual([200, expect.stringContaining("new-password")]);

    const body = { token: link.split("#").pop(), newPassword };
    expect(await mailbox.call("POST", "/api/auth/reset-password", { body })).toMatchObject({ status: 200 });
    expect(mailbox.take(email).subject).toBe("Your password for homeport.test was changed");
    expect(await call("GET", "/v1/devices", { token })).toMatchObject({ status: 401 });
    expect(await signIn(mailbox, email)).toMatchObject({ status: 401 });
    expect(await signIn(mailbox, email, newPassword)).toMatchObject({ status: 200 });
    mailbox.take(email); // the new device
    expect(await mailbox.call("POST", "/api/auth/reset-password", { body })).toMatchObject({ status: 400 });

    const unknown = await mailbox.call("POST", "/api/auth/request-password-reset", { body: { email: newAddress() } });
    expect([unknown.status, unknown.body]).toEqual([asked.status, asked.body]);
  });

  it("goes on to a page of ours with the token, and to no other", async () => {
    const mailbox = new Mailbox();
    const { email } = await verifiedUser(mailbox);
    const ask = (redirectTo: string) =>
      mailbox.call("POST", "/api/auth/request-password-reset", { body: { email, redirectTo } });
    expect(await ask("https://evil.example/")).toMatchObject({ status: 403 });
    expect(mailbox.mails).toEqual([]);
    await ask("/console/password");
    const { link } = mailbox.take(email);
    expect(link).toMatch(/^\/console\/password\?token=\w+$/);
  });
});

describe("a change of address", () => {
  it("is confirmed by the old mailbox and then by the new one", async () => {
    const mailbox = new Mailbox();
    const { email, token } = await verifiedUser(mailbox);
    const newEmail = newAddress();
    const addressNow = async () =>
      (await mailbox.call("GET", "/api/auth/get-session", { token })).body.user.email as string;
    await mailbox.call("POST", "/api/auth/change-email", { token, body: { newEmail } });
    const first = mailbox.take(email);
    expect(first.text).toContain(newEmail);
    expect(first.html).toContain(newEmail);
    expect(await mailbox.call("GET", first.link)).toMatchObject({ status: 200 });
    expect(await addressNow()).toBe(email);
    await mailbox.call("GET", mailbox.take(newEmail).link);
    expect(await addressNow()).toBe(newEmail);
    expect(await signIn(mailbox, email)).toMatchObject({ status: 401 });
    expect(await signIn(mailbox, newEmail)).toMatchObject({ status: 200 });
  });

  it("to an address that is taken answers the same and does nothing", async () => {
    const mailbox = new Mailbox();
    const other = await verifiedUser(mailbox);
    const { token } = await verifiedUser(mailbox);
    const answers = [];
    for (const newEmail of [other.email, newAddress()]) {
      answers.push(await mailbox.call("POST", "/api/auth/change-email", { token, body: { newEmail } }));
    }
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    expect(mailbox.mails).toHaveLength(1);
    expect(await mailbox.call("POST", "/api/auth/change-email", { body: { newEmail: newAddress() } })).toMatchObject({
      status: 401,
    });
  });
});

describe("a sign-in from a new device", () => {
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/";
  const at = (address: string, userAgent = `${firefox}140.0`) => ({
    "cf-connecting-ip": address,
    "user-agent": userAgent,
  });

  async function userAt(mailbox: Mailbox, headers: Record<string, string>) {
    const email = newAddress();
    await mailbox.call("POST", "/api/auth/sign-up/email", { body: { name: "Ada", email, password }, headers });
    mailbox.take(email); // the one to confirm the address: a sign-up is no news
    return email;
  }

  it("is told once, with program, system and address", async () => {
    const mailbox = new Mailbox();
    const email = await userAt(mailbox, at("198.51.100.1"));
    await signIn(mailbox, email, password, at("203.0.113.5"));
    const { subject, text } = mailbox.take(email);
    expect(subject).toBe("A sign-in to homeport.test from a new device");
    expect(text.replaceAll("\n", " ")).toContain("Firefox on Linux, from the network address 203.0.113.5,");
    await signIn(mailbox, email, password, at("203.0.113.5"));
    expect(mailbox.mails).toEqual([]);
  });

  it("is not what a new version, another address of the same network, or a sign-out makes", async () => {
    const mailbox = new Mailbox();
    const email = await userAt(mailbox, at("198.51.100.1"));
    const { body } = await signIn(mailbox, email, password, at("198.51.7.7", `${firefox}141.0`));
    await mailbox.call("POST", "/api/auth/sign-out", { token: body.token });
    await signIn(mailbox, email, password, at("198.51.100.1"));
    const six = at("2001:db8:1::1");
    await signIn(mailbox, email, password, six);
    expect(mailbox.take(email).text).toContain("2001:db8:1::1");
    await signIn(mailbox, email, password, at("2001:db8:2::2"));
    expect(mailbox.mails).toEqual([]);
  });

  it("is told of another program, in no words that it could choose", async () => {
    const mailbox = new Mailbox();
    const email = await userAt(mailbox, at("198.51.100.1"));
    await signIn(mailbox, email, password, at("198.51.100.1", "curl/8.5.0"));
    expect(mailbox.take(email).text).toContain("curl, from");
    await signIn(mailbox, email, password, at("198.51.100.1", "https://evil.example/ click <b>here</b>"));
    const { text, html } = mailbox.take(email);
    expect(text).toContain("An unknown program, from");
    expect(html).not.toContain("evil");
  });

  it("is every one after a new password", async () => {
    const mailbox = new Mailbox();
    const home = at("198.51.100.1");
    const email = await userAt(mailbox, home);
    await mailbox.call("POST", "/api/auth/request-password-reset", { body: { email } });
    const body = { token: mailbox.take(email).link.split("#").pop(), newPassword };
    await mailbox.call("POST", "/api/auth/reset-password", { body });
    mailbox.take(email);
    await signIn(mailbox, email, newPassword, home);
    expect(mailbox.take(email).subject).toContain("new device");
  });
});

describe("mail", () => {
  it("is never waited for, and a failure is logged without the address", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const failing = new Mailbox();
    const email = newAddress();
    failing.bindings.MAIL = { send: () => Promise.reject(new Error(`no such mailbox: ${email}`)) };
    expect(await signUp(failing, email)).toMatchObject({ status: 200 });
    const line = log.mock.calls.flat().join();
    log.mockRestore();
    expect(line).toContain('"event":"mail.failed","kind":"verifyAddress"');
    expect(line).not.toContain(email);

    const hanging = new Mailbox();
    const sending = Promise.withResolvers<unknown>();
    hanging.bindings.MAIL = { send: () => sending.promise };
    expect(await signUp(hanging, newAddress())).toMatchObject({ status: 200 });
    sending.resolve({ messageId: "1" });
  });

  it("is not sent without MAIL_FROM: sign-up works, what needs mail says so", async () => {
    const mailbox = new Mailbox().withoutSender();
    const email = newAddress();
    expect((await signUp(mailbox, email)).body.token).toContain(".");
    for (const path of ["request-password-reset", "send-verification-email", "change-email", "reset-password"]) {
      const answer = await mailbox.call("POST", `/api/auth/${path}`, { body: { email } });
      expect(answer).toMatchObject({ status: 400, body: { error: { message: expect.stringContaining("MAIL_FROM") } } });
    }
    expect(mailbox.mails).toEqual([]);
  });

  it("is limited per mailbox, from however many addresses, and per address", async () => {
    const mailbox = new Mailbox();
    const ask = (email: string, address?: string) =>
      mailbox.call("POST", "/api/auth/request-password-reset", {
        body: { email },
        headers: address === undefined ? {} : { "cf-connecting-ip": address },
      });
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await ask("flooded@example.com")).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await ask("FLOODED@example.com")).toMatchObject({ status: 429 });
    statuses.length = 0;
    for (let i = 0; i < 6; i++) statuses.push((await ask(`flooded${i}@example.com`, "192.0.2.66")).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});
