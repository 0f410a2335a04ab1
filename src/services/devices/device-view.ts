// A device as it is shown to its owner.
import type { Grants } from "../../domain/access.ts";
import type { CredentialState } from "../../domain/credentials.ts";
import type { AttributeValue, Device } from "../../store/store.ts";

export interface DeviceView {
  id: string;
  name: string;
  model: string | null;
  tags: string[];
  attributes: Record<string, AttributeValue>;
  grants: Grants;
  checkInSeconds: number | null;
  /** Whether a credential exists with which the device is admitted. */
  hasCredential: boolean;
  createdAt: number;
  updatedAt: number;
}

export function viewOf(device: Device): DeviceView {
  const { id, name, model, tags, attributes, grants, checkInSeconds, createdAt, updatedAt } = device;
  const hasCredential = device.gen !== null;
  return { id, name, model, tags, attributes, grants, checkInSeconds, hasCredential, createdAt, updatedAt };
}

/** What the hub has to know of the device. */
export function credentialStateOf(device: Device): CredentialState {
  const { id, version, gen, grants, name, model, tags, checkInSeconds } = device;
  return { subject: id, version, gen, grants, about: { name, model, tags, checkInSeconds } };
}
