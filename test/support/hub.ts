// A hub of one's own for each test, with devices and tokens it admits. The database knows nothing of it.
import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Grants } from "../../src/domain/access.ts";
import { newId } from "../../src/domain/ids.ts";
import { hubStub } from "../../src/hub-stub.ts";
import { makeHubKey } from "../../src/identity/hub-key.ts";
import { readKeyRing } from "../../src/identity/keys.ts";
import { signAppJwt, signAppToken, signDeviceCredential } from "../../src/identity/tokens.ts";
import { openClient, type TestClient } from "./mqtt-client.ts";

export const keys = readKeyRing(env.SIGNING_KEYS);
const noGrants: Grants = { publish: [], subscribe: [] };

export interface TestDevice {
  id: string;
  credential: string;
}

export class TestHub {
  readonly id = newId("hub");
  readonly key = makeHubKey(keys, this.id);
  readonly path = `/mqtt/${this.key}`;

  get stub() {
    return hubStub(env.USER_HUB, this.id);
  }

  async addDevice(grants: Partial<Grants> = {}): Promise<TestDevice> {
    const id = newId("dev");
    const state = { subject: id, version: 1, gen: 1, grants: { ...noGrants, ...grants } };
    await this.stub.applyCredentials([state]);
    return { id, credential: await signDeviceCredential(keys, { deviceId: id, hubId: this.id, gen: 1 }) };
  }

  async addAppToken(expiresAt: number | null = null): Promise<{ id: string; token: string }> {
    const id = newId("tok");
    await this.stub.applyCredentials([{ subject: id, version: 1, gen: 1, grants: noGrants }]);
    return { id, token: await signAppToken(keys, { tokenId: id, hubId: this.id, expiresAt }) };
  }

  appJwt(expiresAt = Date.now() + 60_000): Promise<string> {
    return signAppJwt(keys, { userId: newId("usr"), hubId: this.id, issuer: "https://homeport.test", expiresAt });
  }

  /** A connected app. */
  async app(options: Parameters<TestClient["connect"]>[0] = {}): Promise<TestClient> {
    const client = await openClient(this.path);
    await client.connect({ password: await this.appJwt(), ...options });
    return client;
  }

  /** A connected device. */
  async device(device: TestDevice, options: Parameters<TestClient["connect"]>[0] = {}): Promise<TestClient> {
    const client = await openClient(this.path);
    await client.connect({ password: device.credential, ...options });
    return client;
  }

  /** Ends the object in memory; sockets hibernate, storage stays. */
  async evict(): Promise<void> {
    await this.stub.presence(""); // only a running object can be evicted
    await evictDurableObject(this.stub);
  }
}

/** Scenarios with state run twice: as they are, and with the hub evicted between any two steps. */
export const evictions: [string, (hub: TestHub) => Promise<void>][] = [
  ["awake", async () => {}],
  ["evicted between any two steps", (hub) => hub.evict()],
];
