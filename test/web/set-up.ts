// One control plane for all stories of the console, addresses that take webhooks, and a provider at which one can sign in.
import type { TestProject } from "vitest/node";
import { chromiumBrowser } from "../support/debian-packages.ts";
import { startOidcProviders } from "../support/oidc-server.ts";
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
  const oidc = await startOidcProviders();
  const provider = `${oidc.url}/example`;
  await fetch(provider, { method: "PUT", body: JSON.stringify({ clientSecret: "secret" }) });
  const discoveryUrl = `${provider}/.well-known/openid-configuration`;
  const server = await TestServer.start("", {
    SOCIAL_PROVIDERS: JSON.stringify([{ id: "example", name: "Example ID", discoveryUrl, clientId: "homeport" }]),
    SOCIAL_SECRETS: JSON.stringify({ example: "secret" }),
  });
  project.provide("consoleUrl", server.url);
  project.provide("receiverUrl", receivers.url);
  project.provide("oidcUrl", oidc.url);
  return async () => {
    await server.remove();
    await receivers.close();
    oidc.close();
  };
}
