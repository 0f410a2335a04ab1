// Where the deployment may be made to send something by its users: public addresses by name, never in the clear. The platform
// has no private network to reach; this keeps addresses out that could only be a mistake or a probe.

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);
const privateNames = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa|onion)$/;
const ipAddress = /^\[|^\d+(?:\.\d+){3}$/;

/** Longest address that is stored. */
export const maxTargetLength = 1000;

/** What is wrong with the address, for whoever gave it; null: nothing. `allowLocal` admits this machine, with http too. */
export function problemOfTarget(address: string, { allowLocal }: { allowLocal: boolean }): string | null {
  if (address.length > maxTargetLength) return `must have at most ${maxTargetLength} characters`;
  if (!URL.canParse(address)) return "must be a complete address, such as https://example.com/hook";
  const { protocol, hostname, username, password, hash } = new URL(address);
  const host = hostname.replace(/\.$/, "").toLowerCase();
  if (username !== "" || password !== "")
    return "must not contain a user name or password; the signature says who sent it";
  if (hash !== "") return "must not contain a #fragment";
  const isHttp = protocol === "http:" || protocol === "https:";
  if (allowLocal && isHttp && loopback.has(host)) return null;
  if (protocol !== "https:") return "must begin with https://";
  if (ipAddress.test(host)) return "must name its host, not an IP address";
  if (!host.includes(".") || privateNames.test(host)) return "must be reachable from the public internet";
  return null;
}
