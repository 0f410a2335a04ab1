// Gives a device a credential and retires its earlier ones.
import { notFound } from "../../errors.ts";
import { signDeviceCredential } from "../../identity/tokens.ts";
import { type HubAddresses, hubAddresses, relayUrl } from "../addresses.ts";
import type { ServiceContext } from "../context.ts";
import { newNotice, tellHub } from "../hub/tell-hub.ts";
import { credentialStateOf } from "./device-view.ts";

export interface IssuedCredential extends HubAddresses {
  deviceId: string;
  /** Shown once; not stored. */
  credential: string;
  gen: number;
  relayUrl: string;
}

export async function issueCredential({
  ctx,
  input: { deviceId },
}: {
  ctx: ServiceContext;
  input: { deviceId: string };
}): Promise<IssuedCredential> {
  const notice = newNotice(ctx);
  const committed = await ctx.store.devices.issueCredential({ userId: ctx.user.userId, deviceId }, notice);
  if (!committed || committed.device.gen === null) throw notFound("device");
  const { device, noticed } = committed;
  const { hubId, gen } = { ...device, gen: committed.device.gen };
  await tellHub(ctx, { hubId, notice, noticed, state: credentialStateOf(device), author: ctx.user.userId });
  const credential = await signDeviceCredential(ctx.keys, { deviceId, hubId, gen });
  return { deviceId, credential, gen, ...hubAddresses(ctx, hubId), relayUrl: relayUrl(ctx) };
}
