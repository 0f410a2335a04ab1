// Many packets in one stream, both ways: what stands beside a packet changes nothing of what it says.
import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import type { Packet } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import { packetType, readHeader } from "../../src/protocols/mqtt/header.ts";
import { encodePublish } from "../../src/protocols/mqtt/publish.ts";
import type { ProtocolVersion } from "../../src/protocols/mqtt/publish.ts";
import {
  encodeAck,
  encodeConnack,
  encodeDisconnect,
  encodeSuback,
  encodeUnsuback,
  pingresp,
} from "../../src/protocols/mqtt/server-packets.ts";
import * as arbitrary from "./mqtt-arbitraries.ts";
import { decodeCut, readStream, runs, versions, written } from "./mqtt-counterpart.ts";
import { decode, decodeBody, maxPacketBytes } from "./mqtt-wire.ts";

const ackKinds = ["puback", "pubrec", "pubrel", "pubcomp"] as const;

/** Any packet of a client, as mqtt-packet writes it. */
function clientPackets(version: ProtocolVersion): fc.Arbitrary<Uint8Array> {
  const messageId = arbitrary.anyPacketId;
  const userProperties = fc.record({ userProperties: arbitrary.userProperties }, { requiredKeys: [] });
  const filter = version === 5 ? fc.oneof(arbitrary.anyFilter, arbitrary.anySharedFilter) : arbitrary.anyFilter;
  const common: fc.Arbitrary<Packet>[] = [
    fc.record({
      cmd: fc.constant("connect" as const),
      protocolVersion: fc.constant(version),
      clientId: arbitrary.anyName.map((name) => `c${name}`),
      clean: fc.boolean(),
      keepalive: arbitrary.anyKeepAlive,
      will: fc.option(arbitrary.anyWill, { nil: undefined }),
      properties: arbitrary.connectProperties,
    }),
    fc.record({
      cmd: fc.constant("publish" as const),
      topic: arbitrary.anyTopic,
      payload: arbitrary.anyBytes,
      qos: arbitrary.anyQoS,
      retain: fc.boolean(),
      dup: fc.constant(false),
      messageId,
      properties: arbitrary.publishProperties,
    }),
    fc.record({ cmd: fc.constantFrom(...ackKinds), messageId, properties: userProperties }),
    fc.record({
      cmd: fc.constant("subscribe" as const),
      messageId,
      subscriptions: fc.array(fc.record({ topic: filter, qos: arbitrary.anyQoS }), { minLength: 1, maxLength: 5 }),
      properties: arbitrary.subscribeProperties,
    }),
    fc.record({
      cmd: fc.constant("unsubscribe" as const),
      messageId,
      unsubscriptions: fc.array(filter, { minLength: 1, maxLength: 5 }),
      properties: userProperties,
    }),
    fc.constant({ cmd: "pingreq" as const }),
  ];
  const ends: fc.Arbitrary<Packet>[] = [
    fc.record({ cmd: fc.constant("disconnect" as const), properties: arbitrary.disconnectProperties }),
    fc.record({
      cmd: fc.constant("auth" as const),
      reasonCode: fc.constantFrom(0x18, 0x19),
      properties: fc.record({ authenticationMethod: arbitrary.anyText, userProperties: arbitrary.userProperties }),
    }),
  ];
  const plainEnd = fc.constant({ cmd: "disconnect" as const });
  return fc.oneof(...common, ...(version === 5 ? ends : [plainEnd])).map((packet) => written(packet, version));
}

/** Any packet of the server but DISCONNECT, behind which nothing comes [MQTT-3.14.4-1]. */
function serverPackets(version: ProtocolVersion): fc.Arbitrary<Uint8Array> {
  const id = arbitrary.anyPacketId;
  const acks = ackKinds.map((kind) =>
    fc.tuple(id, arbitrary.anyReasonString).map(([each, text]) => encodeAck(packetType[kind], version, each, 0, text)),
  );
  const message = fc.record({
    topicBytes: arbitrary.anyTopic.map((topic) => Buffer.from(topic)),
    payload: arbitrary.anyBytes,
    qos: arbitrary.anyQoS,
    retain: fc.boolean(),
    dup: fc.boolean(),
    packetId: id,
    properties: fc.constant(Buffer.from("26000161000162", "hex")),
    expirySeconds: fc.option(fc.nat(0xffffffff)),
    subscriptionIds: fc.array(fc.integer({ min: 1, max: 268_435_455 }), { maxLength: 3 }),
  });
  return fc.oneof(
    arbitrary.connackProperties.map((properties) =>
      encodeConnack(version, { sessionPresent: true, reasonCode: 0, properties }),
    ),
    message.map((packet) => encodePublish(packet, version)),
    ...acks,
    fc
      .tuple(id, fc.array(arbitrary.anyQoS, { minLength: 1 }))
      .map(([each, codes]) => encodeSuback(version, each, codes)),
    fc
      .tuple(id, fc.array(fc.constant(0), { minLength: 1 }))
      .map(([each, codes]) => encodeUnsuback(version, each, codes)),
    fc.constant(pingresp),
  );
}

describe.each(versions)("with version %i", (version) => {
  it("any client packets are read one after the other from one stream, wherever it begins", () => {
    const several = fc.array(clientPackets(version), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(several, fc.uint8Array({ maxLength: 9 }), (packets, before) => {
        const stream = new Uint8Array(Buffer.concat([before, ...packets]));
        let offset = before.length;
        for (const bytes of packets) {
          const header = readHeader(stream, offset, maxPacketBytes, version);
          if (header === null) return expect.fail("the stream ended early");
          expect(decodeBody(stream, header, version)).toEqual(decode(bytes, version));
          offset = header.end;
        }
        expect(readHeader(stream, offset, maxPacketBytes, version)).toBeNull();
      }),
      runs,
    );
  });

  it("any client packet is incomplete at every split", () => {
    fc.assert(
      fc.property(clientPackets(version), (bytes) => {
        expect(decodeCut(bytes, version)).toBeTypeOf("object");
      }),
      runs,
    );
  });

  it("any server packets are read one after the other from one stream, cut anywhere", () => {
    const several = fc.array(serverPackets(version), { minLength: 1, maxLength: 6 });
    const goodbyes = fc.constantFrom(
      ...(version === 5 ? [[], [encodeDisconnect(0x8e)], [encodeDisconnect(0x8b, "?")]] : [[]]),
    );
    fc.assert(
      fc.property(several, goodbyes, fc.array(fc.nat(), { maxLength: 4 }), (before, last, positions) => {
        const packets = [...before, ...last];
        const stream = Buffer.concat(packets);
        const ends = [...positions.map((each) => each % stream.length), stream.length].toSorted((a, b) => a - b);
        const parts = ends.map((end, i) => stream.subarray(i === 0 ? 0 : ends[i - 1], end));
        const alone = packets.flatMap((bytes) => readStream([bytes], version));
        expect(alone).toHaveLength(packets.length);
        expect(
          readStream(
            parts.filter(({ length }) => length > 0),
            version,
          ),
        ).toEqual(alone);
      }),
      runs,
    );
  });
});
