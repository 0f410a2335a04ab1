// AWS IoT's first device SDK: its `thingShadow` object against our shadows, as a device that knows nothing of us.
import { createRequire } from "node:module";
import { join } from "node:path";
import { on, once, type EventEmitter } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { npmClientsDir, skipWithoutNpmClients } from "./npm-clients.ts";
import { sharedApi } from "./server.ts";
import { TlsFront } from "./tls-front.ts";

const { skip, why } = skipWithoutNpmClients();

/** What is used of it; it has no types of its own. */
interface ThingShadow extends EventEmitter {
  register(thing: string, options: object, done: (error?: unknown, failed?: unknown) => void): void;
  unregister(thing: string): void;
  update(thing: string, state: object): string | null;
  get(thing: string, clientToken?: string): string | null;
  delete(thing: string, clientToken?: string): string | null;
  /** Of its own tests: drops whatever comes. */
  setConnectionStatus(isConnected: boolean): void;
  end(force: boolean, done: () => void): void;
}

interface Shadow {
  state: { desired?: object; reported?: object; delta?: object };
  version: number;
  timestamp: number;
  code?: number;
}

describe.skipIf(skip)(`thingShadow of AWS IoT's device SDK v1${why}`, () => {
  let front: TlsFront;
  const api = sharedApi();
  const open: ThingShadow[] = [];

  beforeAll(async () => {
    front = await TlsFront.start(inject("clientsServer").url);
  });
  afterEach(async () => {
    for (const each of open.splice(0)) await new Promise<void>((resolve) => each.end(true, resolve));
  });
  afterAll(() => front?.stop());

  /** A new device of the user. */
  async function makeThing(): Promise<{ id: string; secret: string }> {
    const { id } = await api.createDevice("thing");
    return { id, secret: (await api.issueCredential(id)).secret };
  }

  async function connect(secret: string, options = {}): Promise<ThingShadow> {
    const { thingShadow } = createRequire(join(npmClientsDir, "package.json"))("aws-iot-device-sdk") as {
      thingShadow: new (device: object, shadow: object) => ThingShadow;
    };
    const shadows = new thingShadow(
      {
        protocol: "wss-custom-auth",
        host: "127.0.0.1",
        port: front.port,
        region: "local",
        customAuthHeaders: { "x-amz-customauthorizer-name": "homeport" },
        username: "me",
        password: secret,
        clientId: `sdk-${crypto.randomUUID()}`,
        websocketOptions: { rejectUnauthorized: false },
      },
      options,
    );
    open.push(shadows);
    await once(shadows, "connect");
    return shadows;
  }

  function register(shadows: ThingShadow, thing: string, options = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      shadows.register(thing, options, (error, failed) =>
        error || failed ? reject(new Error(`${String(error)} ${JSON.stringify(failed)}`)) : resolve(),
      );
    });
  }

  /** Asks, and waits for the answer to this very request. */
  async function ask(shadows: ThingShadow, act: () => string | null): Promise<[status: string, shadow: Shadow]> {
    const answered = once(shadows, "status");
    const token = act();
    expect(token).toEqual(expect.any(String));
    const [, status, clientToken, shadow] = await answered;
    expect(clientToken).toBe(token);
    return [status, shadow];
  }

  async function nextPacket(shadows: ThingShadow, cmd: string): Promise<void> {
    for await (const [packet] of on(shadows, "packetreceive")) if ((packet as { cmd: string }).cmd === cmd) return;
  }

  it("registers, updates, gets and deletes, and keeps track of versions", async () => {
    const thing = await makeThing();
    const shadows = await connect(thing.secret);
    await register(shadows, thing.id, { qos: 1 });
    expect(await ask(shadows, () => shadows.get(thing.id))).toMatchObject(["rejected", { code: 404 }]);

    const delta = once(shadows, "delta");
    const wanted = { state: { desired: { led: "on" }, reported: { led: "off" } } };
    expect(await ask(shadows, () => shadows.update(thing.id, wanted))).toMatchObject([
      "accepted",
      { state: wanted.state, version: 1 },
    ]);
    expect(await delta).toMatchObject([thing.id, { state: { led: "on" }, version: 1 }]);

    const reported = { state: { reported: { led: "on" } } };
    expect(await ask(shadows, () => shadows.update(thing.id, reported))).toMatchObject(["accepted", { version: 2 }]);
    // The SDK sends the version it knows; one that changes nothing does not get in its way.
    expect(await ask(shadows, () => shadows.update(thing.id, { state: reported.state }))).toMatchObject([
      "accepted",
      { version: 2 },
    ]);
    const more = { state: { reported: { level: 3 } } };
    expect(await ask(shadows, () => shadows.update(thing.id, more))).toMatchObject(["accepted", { version: 3 }]);
    const [status, shadow] = await ask(shadows, () => shadows.get(thing.id, "my-token"));
    expect([status, shadow.state]).toEqual(["accepted", { desired: { led: "on" }, reported: { led: "on", level: 3 } }]);

    expect(await ask(shadows, () => shadows.delete(thing.id))).toMatchObject(["accepted", { version: 3 }]);
    expect(await ask(shadows, () => shadows.get(thing.id))).toMatchObject(["rejected", { code: 404 }]);
    expect(await ask(shadows, () => shadows.update(thing.id, { state: more.state }))).toMatchObject([
      "accepted",
      { version: 4 },
    ]);
    shadows.unregister(thing.id);
  });

  it("is told what an app desires, by MQTT or HTTP, and what was desired while it was away", async () => {
    const thing = await makeThing();
    const path = `/v1/devices/${thing.id}/shadow`;
    await api.request("PATCH", path, { state: { desired: { led: "red" } } });
    await api.request("PATCH", path, { state: { desired: { led: "blue" } } });
    const shadows = await connect(thing.secret);
    const first = once(shadows, "delta");
    await register(shadows, thing.id);
    expect(await first).toMatchObject([thing.id, { state: { led: "blue" }, version: 2 }]);

    const foreign = once(shadows, "foreignStateChange");
    const second = once(shadows, "delta");
    await api.request("PATCH", path, { state: { desired: { led: "green" } } });
    expect(await foreign).toMatchObject([thing.id, "update", { state: { desired: { led: "green" } } }]);
    expect(await second).toMatchObject([thing.id, { state: { led: "green" }, version: 3 }]);

    const token = await api.createAppToken("app", 1);
    const app = await connect(token.secret);
    await register(app, thing.id, { ignoreDeltas: true });
    const third = once(shadows, "delta");
    expect(await ask(app, () => app.update(thing.id, { state: { desired: { level: 1 } } }))).toMatchObject([
      "accepted",
      {},
    ]);
    expect(await third).toMatchObject([thing.id, { state: { led: "green", level: 1 } }]);
  });

  it("is refused with a version that is not the latest, and what it may not do", async () => {
    const thing = await makeThing();
    const shadows = await connect(thing.secret);
    await register(shadows, thing.id, { persistentSubscribe: false, ignoreDeltas: true });
    const unsubscribed = nextPacket(shadows, "unsuback");
    const first = { state: { reported: { a: 1 } } };
    expect(await ask(shadows, () => shadows.update(thing.id, first))).toMatchObject(["accepted", { version: 1 }]);
    await unsubscribed;
    await api.request("PATCH", `/v1/devices/${thing.id}/shadow`, { state: { desired: { a: 2 } } });
    const late = await ask(shadows, () => shadows.update(thing.id, { state: { reported: { a: 3 } } }));
    expect(late).toMatchObject(["rejected", { code: 409, message: "Version conflict" }]);
    const other = await makeThing();
    await expect(register(shadows, other.id)).rejects.toThrow("Not all subscriptions were granted");
  });

  it("times out when no answer comes, and goes on", async () => {
    const thing = await makeThing();
    const shadows = await connect(thing.secret, { operationTimeout: 500 });
    await register(shadows, thing.id);
    shadows.setConnectionStatus(false);
    const timeout = once(shadows, "timeout");
    const token = shadows.update(thing.id, { state: { reported: { a: 1 } } });
    expect(await timeout).toEqual([thing.id, token]);
    shadows.setConnectionStatus(true);
    expect(await ask(shadows, () => shadows.get(thing.id))).toMatchObject(["accepted", { version: 1 }]);
  });
});
