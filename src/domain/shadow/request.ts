// Reads a request to a shadow. Throws ShadowRefusal for what AWS would refuse.
import { isRecord, maxLevels, type Value } from "./document.ts";
import { ShadowRefusal, shadowRefusals } from "./refusal.ts";

/** What changes in a section: null removes a key, objects go into one another, everything else replaces. */
export interface Patch {
  [key: string]: Value | Patch | null;
}

export interface ShadowRequest {
  clientToken?: string;
}

export interface UpdateRequest extends ShadowRequest {
  /** A section that is null is removed; one that is absent stays. */
  state: { desired?: Patch | null; reported?: Patch | null };
  /** The version it is meant for. */
  version: number | null;
}

/** Twice what a shadow may hold: nulls, blanks, token and version do not count there. */
export const maxRequestBytes = 16_384;
const maxClientTokenBytes = 64;

/** Of a get or a delete, whose payload may be empty. */
export function readRequest(payload: Uint8Array): ShadowRequest {
  if (payload.length === 0) return {};
  const body = parse(payload);
  return tokenOf(body);
}

export function readUpdate(payload: Uint8Array): UpdateRequest {
  const body = parse(payload);
  const token = tokenOf(body);
  const refuse = (refusal: readonly [400, string]): never => {
    throw new ShadowRefusal(refusal, token.clientToken);
  };
  const { state, version } = body;
  if (state === undefined) return refuse(shadowRefusals.stateMissing);
  if (!isRecord(state)) return refuse(shadowRefusals.stateNotObject);
  const hasVersion = version !== undefined && version !== null;
  if (hasVersion && !(Number.isSafeInteger(version) && (version as number) >= 0)) {
    return refuse(shadowRefusals.invalidVersion);
  }
  for (const [name, section] of Object.entries(state)) {
    if (name !== "desired" && name !== "reported") return refuse(shadowRefusals.invalidNode);
    if (section === null) continue;
    if (!isRecord(section)) {
      return refuse(name === "desired" ? shadowRefusals.desiredNotObject : shadowRefusals.reportedNotObject);
    }
    if (isDeeperThan(section, maxLevels)) return refuse(shadowRefusals.tooDeep);
    if (hasNullInArray(section)) return refuse(shadowRefusals.invalidNode);
  }
  return { ...token, state: state as UpdateRequest["state"], version: hasVersion ? (version as number) : null };
}

function parse(payload: Uint8Array): Record<string, unknown> {
  if (payload.length > maxRequestBytes) throw new ShadowRefusal(shadowRefusals.tooLarge);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(payload);
  } catch {
    throw new ShadowRefusal(shadowRefusals.notUtf8);
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ShadowRefusal(shadowRefusals.invalidJson);
  }
  if (!isRecord(body)) throw new ShadowRefusal(shadowRefusals.invalidJson);
  return body;
}

function tokenOf({ clientToken }: Record<string, unknown>): ShadowRequest {
  if (clientToken === undefined || clientToken === null) return {};
  if (typeof clientToken === "string" && new TextEncoder().encode(clientToken).length <= maxClientTokenBytes) {
    return { clientToken };
  }
  throw new ShadowRefusal(shadowRefusals.invalidClientToken);
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

function hasNullInArray(value: unknown, isItem = false): boolean {
  if (value === null) return isItem;
  if (typeof value !== "object") return false;
  const isArray = isItem || Array.isArray(value);
  return Object.values(value).some((inner) => hasNullInArray(inner, isArray));
}
