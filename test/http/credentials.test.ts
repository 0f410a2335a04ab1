import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { readHubKey } from "../../src/identity/hub-key.ts";
import { verifyToken } from "../../src/identity/tokens.ts";
import { createUser, keys } from "../support/api.ts";

describe("issuing a credential", () => {
  it("answers with a short token and with where to connect", async () => {
    const user = await createUser();
    const id = await user.addDevice();
    const { status, body } = await user.post(`/v1/devices/${id}/credentials`);
    expect(status).toBe(201);
    expect(body).toEqual({
      deviceId: id,
      credential: expect.any(String),
      gen: 1,
      hubKey: expect.any(String),
      mqttUrl: `wss://homeport.test/mqtt/${body.hubKey}`,
      relayUrl: "wss://homeport.test/mqtt",
    });
    expect(body.credential.length).toBeLessThanOrEqual(220);
    expect(decodeProtectedHeader(body.credential)).toEqual({ alg: "HS256", kid: "t1" });
    expect(decodeJwt(body.credential)).toEqual({ sub: id, hub: user.hubId, gen: 1 });
    expect(verifyToken(keys, body.credential, Date.now())).toMatchObject({ kind: "device", deviceId: id });
    expect(readHubKey(keys, body.hubKey)).toBe(user.hubId);
    expect((await user.get(`/v1/devices/${id}`)).body.hasCredential).toBe(true);
  });

  it("counts generations on, also past a revocation", async () => {
    const user = await createUser();
    const path = `/v1/devices/${await user.addDevice()}/credentials`;
    expect((await user.post(path)).body.gen).toBe(1);
    expect((await user.post(path)).body.gen).toBe(2);
    expect(await user.delete(path)).toMatchObject({ status: 204 });
    expect((await user.get(path.replace("/credentials", ""))).body.hasCredential).toBe(false);
    expect((await user.post(path)).body.gen).toBe(3);
  });

  it("gives each of many at once a generation of its own", async () => {
    const user = await createUser();
    const path = `/v1/devices/${await user.addDevice()}/credentials`;
    const answers = await Promise.all(Array.from({ length: 8 }, () => user.post(path)));
    expect(answers.map(({ body }) => body.gen).toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("shows the public address when one is configured", async () => {
    const user = await createUser();
    const id = await user.addDevice();
    const bindings = { PUBLIC_URL: "http://hub.example:8787/" };
    const { body } = await user.call("POST", `/v1/devices/${id}/credentials`, { bindings });
    expect(body.relayUrl).toBe("ws://hub.example:8787/mqtt");
  });
});
