// Ending a connection through the API: what its client hears, what becomes of its will and its session, and whose it must be.
import { afterEach, describe, expect, it, vi } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { createUser, type TestUser } from "../support/api.ts";
import { addDevice, connected, hubOf, listConnections, pathOf, steps } from "../support/connections.ts";
import { JsonClient } from "../support/json-client.ts";
import { openClient } from "../support/mqtt-client.ts";
import { persistent } from "../support/mqtt-versions.ts";

afterEach(() => vi.restoreAllMocks());

describe.each(steps)("ending a connection, hub %s,", (_, step) => {
  /** Ends the one that the list shows for this client id; JSON's is its connection's id. */
  async function end(user: TestUser, clientId: string | null) {
    const items = await listConnections(user);
    const found = items.find((item) => (clientId === null ? item.protocol === "json" : item.clientId === clientId));
    await step(user);
    return { id: found.id as string, answer: await user.delete(`/v1/connections/${found.id}`) };
  }
  const closing = { code: 1008, reason: "The owner has ended this connection." };

  it("says so to an MQTT 5 client, through either door, and leaves the others", async () => {
    const user = await createUser();
    const bystander = await connected(user);
    for (const path of [pathOf(user), "/mqtt"]) {
      const client = await openClient(path);
      await client.connect({ password: await user.appJwt(), clientId: "lamp" });
      await step(user);
      const { id, answer } = await end(user, "lamp");
      expect(answer).toMatchObject({ status: 204, body: null });
      expect(await client.next("disconnect")).toMatchObject({
        reasonCode: 0x98,
        properties: { reasonString: "The owner has ended this connection." },
      });
      expect(await client.expectClosed()).toEqual(closing);
      await step(user);
      expect(await listConnections(user)).toHaveLength(1);
      expect(await user.delete(`/v1/connections/${id}`)).toMatchObject({ status: 404 });
    }
    await bystander.settle();
  });

  it("closes an MQTT 3.1.1 client's socket without a packet, and its session waits for it", async () => {
    const user = await createUser();
    const options = { ...persistent(4), clientId: "lamp" };
    const client = await connected(user, options);
    await client.subscribe({ topic: "shared/#", qos: 1 });
    expect((await end(user, "lamp")).answer.status).toBe(204);
    expect(await client.expectClosed()).toEqual(closing);
    expect(client.remainingHex()).toEqual([]);
    await step(user);
    await hubOf(user).publish({ topic: "shared/a", payload: new Uint8Array([49]), qos: 1, retain: false });
    await step(user);
    const again = await connected(user, options);
    expect(again.connack).toMatchObject({ sessionPresent: true });
    expect(await again.nextMessage()).toMatchObject({ topic: "shared/a", text: "1" });
  });

  it("says so to a JSON client", async () => {
    const user = await createUser();
    const page = await JsonClient.withToken(await user.appJwt());
    await step(user);
    expect((await end(user, null)).answer.status).toBe(204);
    expect(await page.next()).toEqual({
      type: "error",
      code: "forbidden",
      message: "The owner has ended this connection.",
    });
    expect(await page.closed).toEqual(closing);
    await step(user);
    expect(await listConnections(user)).toEqual([]);
  });

  it("publishes its will and tells who watches its device", async () => {
    const user = await createUser();
    const { id: deviceId, credential } = await addDevice(user);
    const watcher = await connected(user);
    await watcher.subscribe("shared/#", `devices/${deviceId}/presence`);
    expect(await watcher.nextMessage()).toMatchObject({ text: '{"online":false,"lastSeenAt":null}' });
    const will = { topic: "shared/will", payload: "gone" as unknown as Buffer, qos: 0 as const, retain: false };
    const lamp = await connected(user, { password: credential, clientId: "lamp", will });
    expect((await watcher.nextMessage()).text).toContain('"online":true');
    await step(user);
    await end(user, "lamp");
    await lamp.next("disconnect");
    expect(await watcher.nextMessage()).toMatchObject({ topic: "shared/will", text: "gone" });
    expect((await watcher.nextMessage()).text).toContain('"online":false');
  });

  it("is one line in the log, without what the client was called", async () => {
    const user = await createUser();
    await connected(user, { clientId: "secret lamp" });
    const log = vi.spyOn(console, "log").mockImplementation(() => {});
    const { id, answer } = await end(user, "secret lamp");
    const lines = log.mock.calls.map(([line]) => JSON.parse(line)).filter(({ event }) => event === "connection_ended");
    const requestId = answer.headers.get("x-request-id");
    expect(lines).toEqual([{ event: "connection_ended", requestId, userId: user.userId, connectionId: id }]);
    expect(JSON.stringify(log.mock.calls)).not.toContain("secret");
  });
});

describe("a connection of somebody else", () => {
  it("is as unknown as one that never was", async () => {
    const [owner, stranger] = [await createUser(), await createUser()];
    const clients = [await connected(owner), await connected(stranger)];
    const [{ id }] = await listConnections(owner);
    const attempt = (connectionId: string) =>
      stranger.call("DELETE", `/v1/connections/${connectionId}`, { headers: { "x-request-id": "same" } });
    const unknown = await attempt(newId("con"));
    expect(unknown).toMatchObject({
      status: 404,
      body: { error: { code: "not_found", message: "There is no such connection." } },
    });
    for (const other of [id, "x", "con_", `${id}0`]) expect(await attempt(other)).toMatchObject({ body: unknown.body });
    expect((await listConnections(stranger)).map((item) => item.id)).not.toContain(id);
    for (const client of clients) await client.settle();
  });
});
