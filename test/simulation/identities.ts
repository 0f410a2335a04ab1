// Who takes part: one hub, two devices, and apps. Tokens are signed once for all schedules.
import { newId } from "../../src/domain/ids.ts";
import { readKeyRing } from "../../src/identity/keys.ts";
import { signAppJwt, signAppToken, signDeviceCredential } from "../../src/identity/tokens.ts";

export const keys = readKeyRing(`s1:${Buffer.alloc(32, 5).toString("base64url")}`);
export const hubId = "hub_0000000000simulation";
export const deviceIds = ["dev_0000000000simulated1", "dev_0000000000simulated2"] as const;
export const tokenId = newId("tok", 1);

/** When every schedule begins: in the middle of a second. */
export const beginning = Date.UTC(2026, 10, 1) + 500;

export const generations = 6;

/** By device and generation, which begin with 1. */
const credentials = await Promise.all(
  deviceIds.map((deviceId) =>
    Promise.all(
      Array.from({ length: generations }, (_, i) => signDeviceCredential(keys, { deviceId, hubId, gen: i + 1 })),
    ),
  ),
);
const appToken = await signAppToken(keys, { tokenId, hubId, expiresAt: null });
const appJwt = await signAppJwt(keys, {
  userId: "usr_0000000000simulation",
  hubId,
  issuer: "https://homeport.test",
  expiresAt: beginning + 400 * 24 * 3600 * 1000,
});

/** `device`: an index; null: an app. */
export interface Identity {
  name: string;
  device: number | null;
  clientId: string;
  usesJwt: boolean;
}

export const identities: readonly Identity[] = [
  { name: "phone", device: null, clientId: "phone", usesJwt: false },
  { name: "lamp", device: 0, clientId: "lamp", usesJwt: false },
  { name: "meter", device: 1, clientId: "meter", usesJwt: false },
  { name: "page", device: null, clientId: `page ${"ж".repeat(240)}`, usesJwt: true },
];

/** Clients of the same device share its rights, and nothing else. */
export const sibling: Identity = { name: "probe", device: 0, clientId: "probe", usesJwt: false };

export function passwordOf({ device, usesJwt }: Identity, gen: number): string {
  if (device === null) return usesJwt ? appJwt : appToken;
  return credentials[device]?.[gen - 1] ?? "";
}

export function holderOf({ device, usesJwt }: Identity): string {
  if (device === null) return usesJwt ? "usr_0000000000simulation" : tokenId;
  return deviceIds[device] as string;
}
