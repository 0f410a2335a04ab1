// The addresses under which devices and apps reach a hub, as they are shown with every credential.
import { makeHubKey } from "../identity/hub-key.ts";
import type { RequestContext } from "./context.ts";

export interface HubAddresses {
  /** Names the hub in URLs; opens nothing by itself. */
  hubKey: string;
  /** The direct door. */
  mqttUrl: string;
}

export function hubAddresses(ctx: RequestContext, hubId: string): HubAddresses {
  const hubKey = makeHubKey(ctx.keys, hubId);
  return { hubKey, mqttUrl: `${relayUrl(ctx)}/${hubKey}` };
}

/** The door for clients that can neither set headers nor choose a path. */
export function relayUrl(ctx: RequestContext): string {
  return `${ctx.baseUrl.replace(/^http/, "ws")}/mqtt`;
}
