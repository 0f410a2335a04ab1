// The way out of the mails of rules: a link that needs no sign-in, and what mail programs send with one click (RFC 8058).
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { readKeyRing } from "../../src/identity/keys.ts";
import { signAppJwt } from "../../src/identity/tokens.ts";
import { unsubscribeToken } from "../../src/identity/unsubscribe-tokens.ts";
import { call, keys, origin, respond } from "../support/api.ts";
import { Notifying } from "../support/notifying.ts";
import { Receiver } from "../support/receiver.ts";

const form = { "content-type": "application/x-www-form-urlencoded" };
const oneClick = { headers: form, rawBody: "List-Unsubscribe=One-Click" };

/** The link in the last mail, without the origin. */
async function linkOf(own: Notifying): Promise<string> {
  await own.run(own.job([{ kind: "email" }]));
  const { headers, text } = own.mailbox.take(own.user.email);
  const [, link = ""] = /^<https:\/\/home\.example(\/.*)>$/.exec(headers?.["List-Unsubscribe"] ?? "") ?? [];
  expect(headers?.["List-Unsubscribe-Post"]).toBe("List-Unsubscribe=One-Click");
  expect(text).toContain(`No more mails from any rule:\nhttps://home.example${link}`);
  return link;
}

describe("the link in a rule's mail", () => {
  it("ends the mails of all rules when it is posted to, and nothing else, until that is undone", async () => {
    const [own, hook] = [await Notifying.start({ PUBLIC_URL: "https://home.example" }), new Receiver()];
    const { id: webhookId } = await own.addWebhook(hook);
    const link = await linkOf(own);
    const preferences = async () => (await own.user.get("/v1/preferences")).body;

    const page = await respond("GET", link, { headers: { accept: "text/html" } });
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("Send me no more of them")]);
    expect(page.headers.get("content-security-policy")).toContain("form-action 'self'");
    expect(await preferences()).toEqual({});

    const multipart = new FormData();
    multipart.append("List-Unsubscribe", "One-Click");
    // Mail programs may send it more than once, and in either form.
    for (const sent of [oneClick, { rawBody: multipart }]) {
      const done = await respond("POST", link, sent);
      expect([done.status, await done.text()]).toEqual([
        200,
        expect.stringContaining("Your rules write to you no more"),
      ]);
      expect(await preferences()).toEqual({ ruleMails: false });
    }
    await own.run(own.job([{ kind: "email" }, { kind: "webhook", webhookId }]));
    expect(own.mailbox.mails).toEqual([]);
    expect(
      own.reports
        .slice(-2)
        .map(({ kind, status }) => `${kind} ${status}`)
        .toSorted(),
    ).toEqual(["email suppressed", "webhook delivered"]);
    expect(own.reports.find(({ status }) => status === "suppressed")?.detail).toContain("you want no mails of rules");

    const undone = await respond("POST", `${link}&undo=1`, { headers: form, rawBody: "" });
    expect([undone.status, await undone.text()]).toEqual([200, expect.stringContaining("write to you again")]);
    expect(await preferences()).toEqual({});
    await linkOf(own);
    // The same switch is in the account.
    expect(await own.user.patch("/v1/preferences", { ruleMails: false })).toMatchObject({ status: 200 });
    await own.run(own.job([{ kind: "email" }]));
    expect(own.mailbox.mails).toEqual([]);
  });

  it("is nothing to whoever has no account any more", async () => {
    const token = unsubscribeToken(keys, newId("usr"), Date.now());
    expect(await respond("POST", `/v1/unsubscribe?token=${token}`, oneClick)).toMatchObject({ status: 200 });
  });

  it("is in no mail of a deployment that knows no address of its own, and has one click over HTTPS alone", async () => {
    for (const [PUBLIC_URL, isLinked] of [
      ["", false],
      ["http://127.0.0.1:8787", true],
    ] as const) {
      const own = await Notifying.start({ PUBLIC_URL });
      await own.run(own.job([{ kind: "email" }]));
      const mail = own.mailbox.take(own.user.email);
      expect(mail.headers ?? {}).toEqual({});
      expect(mail.text.includes("/v1/unsubscribe?token=")).toBe(isLinked);
    }
  });
});

describe("a token that is not of such a link changes nothing", () => {
  const halfYearMs = 180 * 86_400_000;
  const otherKeys = readKeyRing(`t1:${Buffer.alloc(32, 3).toString("base64url")}`);

  it.each<[string, (own: Notifying) => Promise<string> | string]>([
    ["expired", ({ user }) => unsubscribeToken(keys, user.userId, Date.now() - halfYearMs - 1000)],
    ["prolonged", ({ user }) => changed(unsubscribeToken(keys, user.userId, Date.now() - 2 * halfYearMs), 1)],
    ["somebody else's", async ({ user }) => changed(unsubscribeToken(keys, newId("usr"), Date.now()), 0, user.userId)],
    ["signed with another key", ({ user }) => unsubscribeToken(otherKeys, user.userId, Date.now())],
    ["of an unknown key", ({ user }) => unsubscribeToken(keys, user.userId, Date.now()).replace(".t1.", ".t9.")],
    [
      "the JWT of an app",
      ({ user: { userId, hubId } }) =>
        signAppJwt(keys, { userId, hubId, issuer: origin, expiresAt: Date.now() + 60_000 }),
    ],
    ["a session's", ({ user }) => encodeURIComponent(user.token)],
    ["absent", () => ""],
  ])("%s", async (_, make) => {
    const own = await Notifying.start();
    const path = `/v1/unsubscribe?token=${await make(own)}`;
    for (const [method, sent] of [
      ["GET", {}],
      ["POST", oneClick],
    ] as const) {
      const { status, body } = await call(method, path, sent);
      expect([status, body.error.code, body.error.message]).toEqual([404, "not_found", "There is no such link."]);
      const page = await respond(method, path, { ...sent, headers: { ...form, accept: "text/html" } });
      expect([page.status, await page.text()]).toEqual([404, expect.stringContaining("This link does not work")]);
    }
    expect((await own.user.get("/v1/preferences")).body).toEqual({});
  });
});

/** The token with another part: another user, or an expiry far away. */
function changed(token: string, part: number, value = "zzzzzzz"): string {
  return token.split(".").with(part, value).join(".");
}
