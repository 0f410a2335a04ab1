// Before the tests of the `clients` project: the clients of npm/ are installed if CI asks for it, and one server with one
// account is started, which the tests of test/clients/ share.
import { spawnSync } from "node:child_process";
import type { TestProject } from "vitest/node";
import { TestServer } from "../support/server.ts";
import { areNpmClientsInstalled, npmClientsDir, npmInstallArgs } from "./npm-clients.ts";

declare module "vitest" {
  interface ProvidedContext {
    clientsServer: { url: string; token: string };
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  if (process.env.CI && !areNpmClientsInstalled()) {
    const { status } = spawnSync("npm", npmInstallArgs, { cwd: npmClientsDir, stdio: "inherit" });
    if (status !== 0) throw new Error(`npm ${npmInstallArgs.join(" ")} failed in ${npmClientsDir}`);
  }
  const server = await TestServer.start();
  const { token } = await server.createUser();
  if (token === null) throw new Error("a user that signed up has no session");
  project.provide("clientsServer", { url: server.url, token });
  return () => server.remove();
}
