// A client's last topics are recognised by their bytes; whatever is recognised reads as if it had been decoded.
import { describe, expect, it } from "vitest";
import { readHeader } from "../../src/protocols/mqtt/header.ts";
import { decodePublish, encodePublish, type Publish } from "../../src/protocols/mqtt/publish.ts";
import { RecentTopics } from "../../src/protocols/mqtt/recent-topics.ts";

const nothing = new Uint8Array(0);

function publishOf(topic: string): Uint8Array {
  const topicBytes = new TextEncoder().encode(topic);
  const payload = Uint8Array.of(1, 2, 3);
  const rest = { qos: 1, packetId: 7, retain: false, dup: false, properties: nothing, expirySeconds: null } as const;
  return encodePublish({ topicBytes, payload, ...rest }, 4);
}

function decode(bytes: Uint8Array, recent: RecentTopics | null): Publish {
  return decodePublish(bytes, readHeader(bytes, 0, 1_000_000)!, 4, recent);
}

describe("recent topics", () => {
  it("change nothing of what a packet means", () => {
    const recent = new RecentTopics();
    const topics = Array.from({ length: 12 }, (_, i) => `devices/dev_1/streams/größe-${i}`);
    for (const topic of [...topics, ...topics.toReversed(), "a", "b", "a", "x".repeat(300), "x".repeat(300)]) {
      const bytes = publishOf(topic);
      expect(decode(bytes, recent)).toEqual(decode(bytes, null));
    }
  });

  it("give the same text and bytes again, whatever becomes of the input", () => {
    const recent = new RecentTopics();
    const bytes = publishOf("devices/dev_1/streams/t");
    decode(bytes, recent);
    const known = recent.find(bytes, 2, bytes.length);
    bytes.fill(0);
    expect(decode(publishOf("devices/dev_1/streams/t"), recent).topicBytes).toBe(known?.bytes);
    expect(new TextDecoder().decode(known?.bytes)).toBe("devices/dev_1/streams/t");
  });

  it("do not remember a topic that is refused", () => {
    const recent = new RecentTopics();
    for (let i = 0; i < 2; i++) expect(() => decode(publishOf("a/+"), recent)).toThrow("wildcards");
  });

  it("do not read beyond the packet", () => {
    const recent = new RecentTopics();
    decode(publishOf("topic"), recent);
    const cut = Uint8Array.of(0x30, 5, 0, 5, 0x74, 0x6f, 0x70, 0x69, 0x63);
    expect(() => decode(cut, recent)).toThrow("shorter than its content");
  });
});
