// The demo's account on this machine: made with a random password on the first run, kept in the state folder in a file
// that its owner alone can read, and used again by later runs.
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Api } from "../api.ts";

export interface DemoAccount {
  email: string;
  password: string;
  name: string;
}

/** Signs in, or signs up on the first run. The name in the e-mail address is random: a lost file locks nobody out. */
export async function openDemoAccount(api: Api, stateDir: string): Promise<{ account: DemoAccount; isNew: boolean }> {
  const path = join(stateDir, "demo-account.json");
  if (existsSync(path)) {
    const account = JSON.parse(readFileSync(path, "utf8")) as DemoAccount;
    await api.signIn(account);
    return { account, isNew: false };
  }
  const account = {
    email: `demo-${randomBytes(3).toString("hex")}@example.com`,
    password: randomBytes(12).toString("base64url"),
    name: "Demo",
  };
  await api.signUp(account);
  writeFileSync(path, `${JSON.stringify(account, null, 2)}\n`, { mode: 0o600 });
  return { account, isNew: true };
}
