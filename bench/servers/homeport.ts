// Homeport as a server: the built Worker, one hub a user, through the direct door. Devices and apps are let in as in a
// deployment, by credentials signed with the deployment's key.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { hubName } from "../../src/domain/hub-name.ts";
import { newId } from "../../src/domain/ids.ts";
import { makeHubKey } from "../../src/identity/hub-key.ts";
import { readKeyRing } from "../../src/identity/keys.ts";
import { signAppJwt, signDeviceCredential } from "../../src/identity/tokens.ts";
import { Failure } from "../../tools/failure.ts";
import { findFreePort } from "../../tools/ports.ts";
import { stripWorker } from "../build.ts";
import { deviceId } from "../load/frames.ts";
import type { Server } from "./server.ts";
import { objectsBinding, startWorkerd, textBinding } from "./workerd.ts";

/** `module`: the built Worker. */
export async function startHomeport(folder: string, module: string): Promise<Server> {
  const signingKeys = `b1:${randomBytes(32).toString("base64url")}`;
  const keys = readKeyRing(signingKeys);
  const port = await findFreePort();
  const supportPort = await findFreePort();
  const homeport = {
    name: "homeport",
    module,
    durableObjects: ["UserHub"],
    bindings: [
      objectsBinding("USER_HUB", "UserHub"),
      `(name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "support")]))`,
      textBinding("SIGNING_KEYS", signingKeys),
      textBinding("SESSION_SECRET", randomBytes(32).toString("base64url")),
    ],
  };
  const support = {
    name: "support",
    module: stripWorker(folder, join(import.meta.dirname, "homeport-support-worker.ts")),
    bindings: [objectsBinding("USER_HUB", "UserHub", "homeport")],
  };
  const running = await startWorkerd(folder, [homeport, support], { homeport: port, support: supportPort });

  const hubs = new Map<number, Promise<string>>();
  async function addHub(userIndex: number): Promise<string> {
    const hubId = newId("hub");
    const grants = { publish: [], subscribe: [] };
    const states = [{ subject: deviceId(userIndex), version: 1, gen: 1, grants }];
    const body = JSON.stringify({ hubName: hubName(hubId, 1), states });
    const response = await fetch(`http://127.0.0.1:${supportPort}/credentials`, { method: "POST", body });
    const text = await response.text();
    if (!response.ok || !text.includes(`"ok":true`)) throw new Failure(`A hub took no credentials: ${text}`);
    return hubId;
  }

  return {
    ...running,
    name: "homeport",
    port,
    async door({ userIndex, role }) {
      const known = hubs.get(userIndex) ?? addHub(userIndex);
      hubs.set(userIndex, known);
      const hubId = await known;
      const app = { userId: newId("usr"), hubId, issuer: "https://homeport.test", expiresAt: Date.now() + 600_000 };
      const password =
        role === "device"
          ? await signDeviceCredential(keys, { deviceId: deviceId(userIndex), hubId, gen: 1 })
          : await signAppJwt(keys, app);
      return { path: `/mqtt/${makeHubKey(keys, hubId)}`, password };
    },
  };
}
