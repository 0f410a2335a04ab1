// The only place that finds a UserHub by name. Imports the object's type alone.
import { hubName } from "./domain/hub-name.ts";
import type { UserHub } from "../durable-objects/user-hub/user-hub.ts";

export type HubNamespace = DurableObjectNamespace<UserHub>;
export type HubStub = DurableObjectStub<UserHub>;

/** Credentials name a hub without its generation, so that a hub can be replaced when it must move. */
const generation = 1;

const continentHints: Record<string, DurableObjectLocationHint> = {
  AF: "afr",
  AS: "apac",
  EU: "weur",
  NA: "enam",
  OC: "oc",
  SA: "sam",
};

/**
 * The hub of that id. `continent` (ISO two letters, of the request at hand) places the object if this call is the one
 * that creates it; later calls ignore it.
 */
export function hubStub(namespace: HubNamespace, hubId: string, continent?: string | null): HubStub {
  const locationHint = continent ? continentHints[continent] : undefined;
  return namespace.getByName(hubName(hubId, generation), locationHint ? { locationHint } : {});
}
