// How passwords are kept: in a format that can grow, hashed where a request's CPU does not count, and better-auth's own hashes
// still open.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { hashPassword as betterAuthHash } from "better-auth/crypto";
import { hashPassword, verifyPassword } from "../../src/identity/passwords.ts";
import { call, password, signIn, signUp } from "../support/api.ts";

async function storedHash(userId: string): Promise<string> {
  const row = await env.DB.prepare("select password from accounts where user_id = ?").bind(userId).first();
  return row?.password as string;
}

describe("a password", () => {
  it("is kept as scrypt with its parameters and a salt of its own", async () => {
    const hashes = await Promise.all(
      [signUp(), signUp()].map(async (answer) => storedHash((await answer).body.user.id)),
    );
    for (const hash of hashes) expect(hash).toMatch(/^scrypt\$16384\$8\$5\$[\w-]{22}\$[\w-]{43}$/);
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it("verifies in any form of its letters, and no other does", () => {
    const hash = hashPassword("pässword");
    expect(verifyPassword(hash, "pa\u0308ssword")).toBe(true);
    expect(verifyPassword(hash, "password")).toBe(false);
  });

  it("that better-auth hashed still signs in", async () => {
    const { body } = await signUp();
    await env.DB.prepare("update accounts set password = ? where user_id = ?")
      .bind(await betterAuthHash(password), body.user.id)
      .run();
    expect(await signIn(body.user.email)).toMatchObject({ status: 200 });
    expect(await signIn(body.user.email, { password: "another password" })).toMatchObject({ status: 401 });
  });

  it.each(["", "scrypt$1$1$1$a", "0123:4567", "$2b$10$abcdefghijklmnopqrstuv"])("is not compared with %s", (hash) => {
    expect(() => verifyPassword(hash, "password")).toThrow("This is not the hash of a password.");
  });

  it("that cannot be checked now says to come back, and is in no log", async () => {
    const { body } = await signUp();
    const PASSWORD_HASHER = {
      getByName: () => ({ verify: () => Promise.reject(new Error(`could not check ${password}`)) }),
    } as unknown as Env["PASSWORD_HASHER"];
    const lines: string[] = [];
    const log = console.error;
    console.error = (line: string) => lines.push(line);
    try {
      const answer = await call("POST", "/api/auth/sign-in/email", {
        body: { email: body.user.email, password },
        bindings: { PASSWORD_HASHER },
      });
      expect(answer).toMatchObject({ status: 503, body: { error: { code: "unavailable" } } });
    } finally {
      console.error = log;
    }
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("PasswordHasher: Error");
    expect(lines[0]).not.toContain(password);
  });
});
