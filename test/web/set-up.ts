// One control plane for all stories of the console, and addresses that take webhooks.
import type { TestProject } from "vitest/node";
import { chromiumBrowser } from "../support/debian-packages.ts";
import { startReceivers } from "../support/receiver-server.ts";
import { TestServer } from "../support/server.ts";

declare module "vitest" {
  interface ProvidedContext {
    consoleUrl: string;
  }
}

export default async function setUp(project: TestProject): Promise<(() => Promise<void>) | void> {
  if (!chromiumBrowser.isInstalled()) return;
  const receivers = await startReceivers();
  const server = await TestServer.start();
  project.provide("consoleUrl", server.url);
  project.provide("receiverUrl", receivers.url);
  return async () => {
    await server.remove();
    await receivers.close();
  };
}
