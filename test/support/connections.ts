// Users whose hub is real, in the database as well as live: their devices, their connected clients, and what the API lists of them.
import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { hubStub } from "../../src/hub-stub.ts";
import { makeHubKey } from "../../src/identity/hub-key.ts";
import { keys, type TestUser } from "./api.ts";
import { openClient, type TestClient } from "./mqtt-client.ts";

type Step = (user: TestUser) => Promise<void>;
export const hubOf = (user: TestUser) => hubStub(env.USER_HUB, user.hubId);

/** Scenarios run twice: as they are, and with the hub evicted between any two steps. */
export const steps: [string, Step][] = [
  ["awake", async () => {}],
  [
    "evicted between any two steps",
    async (user) => {
      await hubOf(user).presence(""); // only a running object can be evicted
      await evictDurableObject(hubOf(user));
    },
  ],
];

export const pathOf = (user: TestUser) => `/mqtt/${makeHubKey(keys, user.hubId)}`;

export async function addDevice(user: TestUser): Promise<{ id: string; credential: string }> {
  const id = await user.addDevice();
  return { id, credential: (await user.post(`/v1/devices/${id}/credentials`)).body.credential };
}

/** A connected MQTT client; an app with a JWT unless a password is given. */
export async function connected(
  user: TestUser,
  options: Parameters<TestClient["connect"]>[0] = {},
): Promise<TestClient> {
  const client = await openClient(pathOf(user));
  await client.connect({ password: await user.appJwt(), ...options });
  return client;
}

/** What the API lists. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into it and say what they expect
export async function listConnections(user: TestUser, query = ""): Promise<any[]> {
  const { status, body } = await user.get(`/v1/connections${query}`);
  expect(status).toBe(200);
  return body.items;
}
