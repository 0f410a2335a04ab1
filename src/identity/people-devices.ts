// From which device a person signs in, as far as it can be told: the kind of program and the network. Coarse on purpose: a new
// version of a browser and a new address of the same line are not a new device.
import { createHash } from "node:crypto";

export interface SignInDevice {
  /** The same for the same person on the same device; says nothing of either. */
  id: string;
  /** For a mail: a program and a system, in words of ours as far as they are known. */
  label: string;
  address: string;
}

export function deviceOf(userId: string, headers: Headers | null | undefined): SignInDevice {
  const label = labelOf(headers?.get("user-agent") ?? "");
  const address = headers?.get("cf-connecting-ip") ?? "unknown";
  const digest = createHash("sha256").update(JSON.stringify([userId, label, networkOf(address)]));
  return { id: `dvc_${digest.digest("hex").slice(0, 32)}`, label, address };
}

/** What a browser says of itself names others too: the first that is found counts. */
const programs: [RegExp, string][] = [
  [/\bEdg(?:A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(?:Firefox|FxiOS)\//, "Firefox"],
  [/\b(?:Chrome|CriOS)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const systems: [RegExp, string][] = [
  [/\bAndroid\b/, "Android"],
  [/\b(?:iPhone|iPad|iPod)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** `Firefox on Linux`; of an unknown program its first word, which must not look like an address in a mail. */
function labelOf(userAgent: string): string {
  const found = (names: [RegExp, string][]) => names.find(([pattern]) => pattern.test(userAgent))?.[1];
  const word = /^[A-Za-z][A-Za-z0-9-]{0,31}(?=$|[/ ])/.exec(userAgent)?.[0];
  const program = found(programs) ?? word ?? "An unknown program";
  const system = found(systems);
  return system === undefined ? program : `${program} on ${system}`;
}

/** About what one provider has: an IPv4 /16, an IPv6 /32. */
function networkOf(address: string): string {
  const separator = address.includes(":") ? ":" : ".";
  return address.split(separator).slice(0, 2).join(separator);
}
