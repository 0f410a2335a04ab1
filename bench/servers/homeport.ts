// Homeport as a server: the built Worker, one hub a user, through the direct or the relayed door. Devices and apps are let
// in as in a deployment, by credentials signed with the deployment's key.
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { hubName } from "../../src/domain/hub-name.ts";
import { newId } from "../../src/domain/ids.ts";
import { makeHubKey } from "../../src/identity/hub-key.ts";
import { type KeyRing, readKeyRing } from "../../src/identity/keys.ts";
import { signAppJwt, signDeviceCredential } from "../../src/identity/tokens.ts";
import { Failure } from "../../tools/failure.ts";
import { findFreePort } from "../../tools/ports.ts";
import { stripWorker } from "../build.ts";
import { deviceId } from "../load/frames.ts";
import type { Door, Server } from "./server.ts";
import { benchVariables } from "./variables.ts";
import { objectsBinding, startWorkerd, textBinding } from "./workerd.ts";

/** One Worker, seen through each of its doors; one process serves both. */
export interface Homeport {
  direct: Server;
  relayed: Server;
  /** Makes one hub that admits the devices of all these users, as if they were one user's. */
  shareHub(userIndexes: number[]): Promise<void>;
}

const tokenLifeMs = 12 * 3600 * 1000;

/** `module`: the built Worker. */
export async function startHomeport(folder: string, module: string, inspectorPort?: number): Promise<Homeport> {
  const secrets = {
    SIGNING_KEYS: `b1:${randomBytes(32).toString("base64url")}`,
    SESSION_SECRET: randomBytes(32).toString("base64url"),
  };
  const keys = readKeyRing(secrets.SIGNING_KEYS);
  const port = await findFreePort();
  const supportPort = await findFreePort();
  const homeport = {
    name: "homeport",
    module,
    durableObjects: ["UserHub"],
    bindings: [
      objectsBinding("USER_HUB", "UserHub"),
      `(name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "support")]))`,
      ...Object.entries({ ...secrets, ...benchVariables(secrets) }).map(([name, text]) => textBinding(name, text)),
    ],
  };
  const support = {
    name: "support",
    module: stripWorker(folder, join(import.meta.dirname, "homeport-support-worker.ts")),
    bindings: [objectsBinding("USER_HUB", "UserHub", "homeport")],
  };
  const ports = { homeport: port, support: supportPort };
  const process = await startWorkerd(folder, [homeport, support], ports, inspectorPort);

  const hubs = new Map<number, Promise<string>>();
  async function addHub(userIndexes: number[]): Promise<string> {
    const hubId = newId("hub");
    const grants = { publish: [], subscribe: [] };
    const states = userIndexes.map((index) => ({ subject: deviceId(index), version: 1, gen: 1, grants }));
    const body = JSON.stringify({ hubName: hubName(hubId, 1), states });
    const response = await fetch(`http://127.0.0.1:${supportPort}/credentials`, { method: "POST", body });
    const text = await response.text();
    if (!response.ok || !text.includes(`"ok":true`)) throw new Failure(`A hub took no credentials: ${text}`);
    return hubId;
  }

  const doorBy =
    (relayed: boolean): Server["door"] =>
    async ({ userIndex, role }) => {
      const known = hubs.get(userIndex) ?? addHub([userIndex]);
      hubs.set(userIndex, known);
      const hubId = await known;
      const { path, password } = await direct(keys, hubId, role === "device" ? deviceId(userIndex) : null);
      return { path: relayed ? "/mqtt" : path, password };
    };
  return {
    direct: { process, name: "homeport", port, door: doorBy(false) },
    relayed: { process, name: "homeport, relayed", port, door: doorBy(true) },
    async shareHub(userIndexes) {
      const hub = addHub(userIndexes);
      for (const index of userIndexes) hubs.set(index, hub);
      await hub;
    },
  };
}

/** The direct door of a hub, for a device, or for an app when none is given. */
async function direct(keys: KeyRing, hubId: string, device: string | null): Promise<Door> {
  const app = { userId: newId("usr"), hubId, issuer: "https://homeport.test", expiresAt: Date.now() + tokenLifeMs };
  const password = device
    ? await signDeviceCredential(keys, { deviceId: device, hubId, gen: 1 })
    : await signAppJwt(keys, app);
  return { path: `/mqtt/${makeHubKey(keys, hubId)}`, password };
}
