// One event of the hub as lines of text.
import { beginning } from "./identities.ts";
import type { Link } from "./link.ts";
import type { HubEvent } from "./model/model.ts";

export function traced(
  now: number,
  kind: string,
  link: Link | null,
  packets: HubEvent["packets"],
  outputs: HubEvent["outputs"],
  crashed: boolean,
): string {
  const nameOfLink = (each: Link) => `${each.client}.${each.number}`;
  const say = (packet: object) =>
    Object.entries(packet)
      .filter(([key, value]) => !["password", "instance", "bytes"].includes(key) && value !== null && value !== false)
      .map(([key, value]) => (key === "type" ? value : `${key}=${JSON.stringify(value)?.slice(0, 80)}`))
      .join(" ");
  const inward = packets.map((packet) => `\n    > ${say(packet)}`);
  const outward = outputs.map((output) => {
    const said = output.packets ? output.packets.map(say).join("; ") : "closed";
    return `\n    < ${nameOfLink(output.link)} ${said}`;
  });
  const at = ((now - beginning) / 1000).toFixed(3);
  return `${at} ${kind} ${link ? nameOfLink(link) : ""}${crashed ? " and crash" : ""}${inward.join("")}${outward.join("")}`;
}
