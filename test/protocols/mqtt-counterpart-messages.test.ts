// CONNECT and PUBLISH against mqtt-packet: what it writes as a client must be read here, and a message that is passed on
// must reach it unchanged, for random packets of both versions.
import { Buffer } from "node:buffer";
import * as fc from "fast-check";
import type { IPublishPacket } from "mqtt-packet";
import { describe, expect, it } from "vitest";
import type { Connect } from "../../src/protocols/mqtt/connect.ts";
import { encodePublish } from "../../src/protocols/mqtt/publish.ts";
import type { Publish } from "../../src/protocols/mqtt/publish.ts";
import * as arbitrary from "./mqtt-arbitraries.ts";
import { decodeCut, pairs, plain, read, runs, versions, written } from "./mqtt-counterpart.ts";

/** The properties that a PUBLISH with these bytes as its properties has, as mqtt-packet sees them. */
function reread(properties: Uint8Array): object {
  const bytes = encodePublish(
    {
      topicBytes: Buffer.from("t"),
      payload: Buffer.of(),
      qos: 0,
      retain: false,
      dup: false,
      packetId: 0,
      properties,
      expirySeconds: null,
    },
    5,
  );
  return plain((read(bytes, 5) as IPublishPacket).properties);
}

describe.each(versions)("with version %i", (version) => {
  it("CONNECT is read", () => {
    fc.assert(
      fc.property(
        fc.record({
          clientId: arbitrary.anyName,
          clean: fc.boolean(),
          keepalive: arbitrary.anyKeepAlive,
          username: fc.option(arbitrary.anyName, { nil: undefined }),
          password: arbitrary.anyPassword,
          will: fc.option(arbitrary.anyWill, { nil: undefined }),
          properties: arbitrary.connectProperties,
        }),
        (given) => {
          const clean = given.clean || given.clientId === "";
          const password = given.username === undefined ? undefined : given.password;
          const connect = { ...given, clean, password, cmd: "connect" as const, protocolVersion: version };
          const { will, ...rest } = decodeCut(written(connect, version), version) as Connect;
          const properties = version === 5 ? given.properties : {};
          expect(rest).toEqual({
            version,
            clientId: given.clientId,
            cleanStart: clean,
            keepAliveSeconds: given.keepalive,
            userName: given.username ?? null,
            password: password === undefined ? null : new Uint8Array(password),
            sessionExpirySeconds: version === 4 && !clean ? 0xffffffff : (properties.sessionExpiryInterval ?? 0),
            receiveMaximum: properties.receiveMaximum ?? 65_535,
            maximumPacketBytes: properties.maximumPacketSize ?? null,
            topicAliasMaximum: properties.topicAliasMaximum ?? 0,
            requestResponseInformation: properties.requestResponseInformation ?? false,
            requestProblemInformation: properties.requestProblemInformation ?? true,
            authenticationMethod: properties.authenticationMethod ?? null,
            userProperties: pairs(properties.userProperties),
          });
          if (given.will === undefined) {
            expect(will).toBeNull();
            return;
          }
          const { willDelayInterval, messageExpiryInterval, ...forwarded } = given.will.properties;
          expect(will).toMatchObject({
            topic: given.will.topic,
            payload: new Uint8Array(given.will.payload),
            qos: given.will.qos,
            retain: given.will.retain,
            delaySeconds: version === 5 ? (willDelayInterval ?? 0) : 0,
            expirySeconds: version === 5 ? (messageExpiryInterval ?? null) : null,
            payloadIsUtf8: version === 5 && forwarded.payloadFormatIndicator === true,
          });
          expect(reread(will!.properties)).toEqual(version === 5 ? plain(forwarded) : {});
        },
      ),
      runs,
    );
  });

  it("PUBLISH is read, and read again after it was written", () => {
    fc.assert(
      fc.property(
        fc.record({
          topic: arbitrary.anyTopic,
          payload: arbitrary.anyBytes,
          qos: arbitrary.anyQoS,
          retain: fc.boolean(),
          dup: fc.boolean(),
          messageId: arbitrary.anyPacketId,
          properties: arbitrary.publishProperties,
        }),
        fc.boolean(),
        fc.array(fc.integer({ min: 1, max: 268_435_455 }), { maxLength: 3 }),
        (given, aliasOnly, subscriptionIds) => {
          const properties = version === 5 ? given.properties : {};
          const topic = aliasOnly && properties.topicAlias !== undefined ? "" : given.topic;
          const dup = given.dup && given.qos > 0;
          const sent = { ...given, cmd: "publish" as const, topic, dup };
          const packet = decodeCut(written(sent, version), version) as Publish;
          expect(packet).toMatchObject({
            topic,
            topicBytes: new Uint8Array(Buffer.from(topic)),
            payload: new Uint8Array(given.payload),
            qos: given.qos,
            retain: given.retain,
            dup,
            packetId: given.qos === 0 ? 0 : given.messageId,
            expirySeconds: properties.messageExpiryInterval ?? null,
            topicAlias: properties.topicAlias ?? null,
            payloadIsUtf8: properties.payloadFormatIndicator ?? false,
          });

          const again = read(encodePublish({ ...packet, subscriptionIds }, version), version) as IPublishPacket;
          expect(again).toMatchObject({ cmd: "publish", topic, qos: given.qos, retain: given.retain, dup });
          expect(again.messageId).toBe(given.qos === 0 ? undefined : given.messageId);
          expect(Buffer.compare(again.payload as Buffer, given.payload)).toBe(0);
          const identifiers = subscriptionIds.length > 1 ? subscriptionIds : subscriptionIds[0];
          expect(plain(again.properties)).toEqual(
            plain({ ...properties, subscriptionIdentifier: version === 5 ? identifiers : undefined }),
          );
        },
      ),
      runs,
    );
  });
});
