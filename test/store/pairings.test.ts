// Devices that ask to be paired as the store keeps them, on whichever database this project runs.
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { newId } from "../../src/domain/ids.ts";
import { openStore } from "../../src/store/open-store.ts";

const { pairings } = openStore(env);
const now = Date.now();

function pairingOf(fields: { userCodeHash?: string; expiresAt?: number } = {}) {
  return {
    deviceCodeHash: newId("hash"),
    userCodeHash: newId("hash"),
    clientId: "lamp",
    suggestedName: null,
    country: "DE",
    intervalSeconds: 5,
    createdAt: now,
    expiresAt: now + 60_000,
    ...fields,
  };
}

describe("a pairing", () => {
  it("is found by either code and holds each user code once", async () => {
    const pairing = pairingOf();
    await pairings.create(pairing);
    const expected = { ...pairing, status: "pending", userId: null, deviceId: null, lastPollAt: null };
    expect(await pairings.findByUserCode(pairing.userCodeHash)).toEqual(expected);
    expect(await pairings.findByDeviceCode(pairing.deviceCodeHash)).toEqual(expected);
    expect(await pairings.findByUserCode(pairing.deviceCodeHash)).toBeNull();
    const same = pairingOf({ userCodeHash: pairing.userCodeHash });
    await expect(pairings.create(same)).rejects.toMatchObject({ code: "conflict" });
  });

  it("is decided by one of many, and claimed by one of many", async () => {
    const { deviceCodeHash, userCodeHash } = await created();
    expect(await pairings.claim(deviceCodeHash, now)).toBe(false);
    const deviceIds = ["dev_1", null, "dev_3", null];
    const decided = await Promise.all(
      deviceIds.map((deviceId, i) => pairings.decide({ userCodeHash, userId: `usr_${i}`, deviceId, now })),
    );
    expect(decided.filter(Boolean)).toHaveLength(1);
    const winner = decided.indexOf(true);
    const status = deviceIds[winner] === null ? "denied" : "approved";
    const found = await pairings.findByDeviceCode(deviceCodeHash);
    expect(found).toMatchObject({ status, userId: `usr_${winner}`, deviceId: deviceIds[winner] });
    const claimed = await Promise.all([1, 2, 3].map(() => pairings.claim(deviceCodeHash, now)));
    expect(claimed.filter(Boolean)).toHaveLength(status === "approved" ? 1 : 0);
  });

  it("is claimed once when it was approved", async () => {
    const { deviceCodeHash, userCodeHash } = await created();
    await pairings.decide({ userCodeHash, userId: "usr_1", deviceId: "dev_1", now });
    expect((await Promise.all([1, 2, 3].map(() => pairings.claim(deviceCodeHash, now)))).filter(Boolean)).toEqual([
      true,
    ]);
    expect(await pairings.findByDeviceCode(deviceCodeHash)).toMatchObject({ status: "paired" });
  });

  it("is neither decided nor claimed after it expired", async () => {
    const { deviceCodeHash, userCodeHash, expiresAt } = await created();
    const decision = { userCodeHash, userId: "usr_1", deviceId: "dev_1" };
    expect(await pairings.decide({ ...decision, now: expiresAt })).toBe(false);
    expect(await pairings.decide({ ...decision, now })).toBe(true);
    expect(await pairings.claim(deviceCodeHash, expiresAt)).toBe(false);
  });

  it("counts polls that came too early", async () => {
    const { deviceCodeHash } = await created();
    await pairings.recordPoll({ deviceCodeHash, now, slowDownSeconds: 0 });
    await pairings.recordPoll({ deviceCodeHash, now: now + 1, slowDownSeconds: 5 });
    expect(await pairings.findByDeviceCode(deviceCodeHash)).toMatchObject({ lastPollAt: now + 1, intervalSeconds: 10 });
  });

  it("is counted while it is open and removed when it has expired", async () => {
    const far = now + 500_000_000;
    const before = await pairings.countOpen(far);
    const { deviceCodeHash } = await created({ expiresAt: far + 1 });
    expect(await pairings.countOpen(far)).toBe(before + 1);
    expect(await pairings.countOpen(far + 1)).toBe(before);
    const old = await created({ expiresAt: 5 });
    await pairings.removeExpired(5);
    expect(await pairings.findByDeviceCode(old.deviceCodeHash)).not.toBeNull();
    await pairings.removeExpired(6);
    expect(await pairings.findByDeviceCode(old.deviceCodeHash)).toBeNull();
    expect(await pairings.findByDeviceCode(deviceCodeHash)).not.toBeNull();
  });
});

async function created(fields: { expiresAt?: number } = {}) {
  const pairing = pairingOf(fields);
  await pairings.create(pairing);
  return pairing;
}
