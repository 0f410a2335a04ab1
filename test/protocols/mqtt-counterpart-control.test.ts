// Every packet but CONNECT and PUBLISH against mqtt-packet: what it writes as a client must be read here, and what is
// written here it must read, for random packets of both versions.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { packetType } from "../../src/protocols/mqtt/header.ts";
import { connectReturnCode } from "../../src/protocols/mqtt/reason-codes.ts";
import {
  encodeAck,
  encodeConnack,
  encodeDisconnect,
  encodeSuback,
  encodeUnsuback,
  pingresp,
} from "../../src/protocols/mqtt/server-packets.ts";
import * as arbitrary from "./mqtt-arbitraries.ts";
import { decodeCut, plain, read, runs, versions, written } from "./mqtt-counterpart.ts";

describe.each(versions)("with version %i", (version) => {
  it("SUBSCRIBE and UNSUBSCRIBE are read", () => {
    const subscription = fc.record({
      topic: arbitrary.anyFilter,
      qos: arbitrary.anyQoS,
      nl: fc.boolean(),
      rap: fc.boolean(),
      rh: fc.constantFrom(0, 1, 2),
    });
    fc.assert(
      fc.property(
        arbitrary.anyPacketId,
        fc.array(subscription, { minLength: 1, maxLength: 9 }),
        arbitrary.subscribeProperties,
        (messageId, subscriptions, properties) => {
          const subscribe = written({ cmd: "subscribe", messageId, subscriptions, properties }, version);
          expect(decodeCut(subscribe, version)).toEqual({
            packetId: messageId,
            subscriptionId: version === 5 ? (properties.subscriptionIdentifier ?? null) : null,
            subscriptions: subscriptions.map(({ topic, qos, nl, rap, rh }) => ({
              topicFilter: topic,
              qos,
              noLocal: version === 5 && nl,
              retainAsPublished: version === 5 && rap,
              retainHandling: version === 5 ? rh : 0,
            })),
          });
          const topicFilters = subscriptions.map(({ topic }) => topic);
          const { userProperties } = properties;
          const unsubscribe = written(
            { cmd: "unsubscribe", messageId, unsubscriptions: topicFilters, properties: { userProperties } },
            version,
          );
          expect(decodeCut(unsubscribe, version)).toEqual({ packetId: messageId, topicFilters });
        },
      ),
      runs,
    );
  });

  it("PUBACK, PUBREC, PUBREL and PUBCOMP are read and written [MQTT-2.2.1-5] [MQTT3-2.3.1-6]", () => {
    const answers = [0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99];
    const codes = { puback: answers, pubrec: answers, pubrel: [0x00, 0x92], pubcomp: [0x00, 0x92] };
    const kinds = fc.constantFrom("puback" as const, "pubrec" as const, "pubrel" as const, "pubcomp" as const);
    const kindsWithCodes = kinds.chain((cmd) =>
      fc.record({ cmd: fc.constant(cmd), code: fc.constantFrom(...codes[cmd]) }),
    );
    fc.assert(
      fc.property(
        kindsWithCodes,
        arbitrary.anyPacketId,
        arbitrary.anyReasonString,
        ({ cmd, code }, messageId, reasonString) => {
          const properties = reasonString === undefined ? undefined : { reasonString };
          const reasonCode = version === 5 ? code : 0;
          const bytes = written({ cmd, messageId, reasonCode, properties }, version);
          expect(decodeCut(bytes, version)).toEqual({ packetId: messageId, reasonCode });

          const ack = read(encodeAck(packetType[cmd], version, messageId, code, reasonString), version);
          expect(ack).toMatchObject({ cmd, messageId });
          if (version === 5) expect(ack).toMatchObject({ reasonCode, ...(properties && { properties }) });
          if (version === 4 || properties === undefined) expect(ack).not.toHaveProperty("properties");
        },
      ),
      runs,
    );
  });

  it("CONNACK is written", () => {
    const codes = fc.constantFrom(0x00, 0x80, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x97, 0x9f);
    fc.assert(
      fc.property(fc.boolean(), codes, arbitrary.connackProperties, (sessionPresent, reasonCode, properties) => {
        const connack = read(encodeConnack(version, { sessionPresent, reasonCode, properties }), version);
        expect(connack).toMatchObject({ cmd: "connack", sessionPresent: sessionPresent && reasonCode === 0 });
        if (version === 4) {
          expect(connack).toMatchObject({ returnCode: connectReturnCode(reasonCode) });
          expect(connack).not.toHaveProperty("properties");
          return;
        }
        expect(connack).toMatchObject({ reasonCode });
        const { sessionExpirySeconds, maximumPacketBytes, assignedClientId, serverKeepAliveSeconds, ...same } =
          properties;
        expect(plain("properties" in connack ? connack.properties : undefined)).toEqual(
          plain({
            ...same,
            sessionExpiryInterval: sessionExpirySeconds,
            maximumPacketSize: maximumPacketBytes,
            assignedClientIdentifier: assignedClientId,
            serverKeepAlive: serverKeepAliveSeconds,
          }),
        );
      }),
      runs,
    );
  });

  it("SUBACK and UNSUBACK are written [MQTT-2.2.1-6] [MQTT3-2.3.1-7] [MQTT-3.9.3-1] [MQTT-3.11.3-1]", () => {
    const granted = fc.array(fc.constantFrom(0, 1, 2, 0x80, 0x83, 0x87, 0x8f, 0x97, 0x9e), {
      minLength: 1,
      maxLength: 200,
    });
    const removed = fc.array(fc.constantFrom(0x00, 0x11, 0x80, 0x87, 0x8f), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(arbitrary.anyPacketId, granted, removed, (messageId, grantedCodes, removedCodes) => {
        expect(read(encodeSuback(version, messageId, grantedCodes), version)).toMatchObject({
          cmd: "suback",
          messageId,
          granted: version === 5 ? grantedCodes : grantedCodes.map((code) => Math.min(code, 0x80)),
        });
        const unsuback = read(encodeUnsuback(version, messageId, removedCodes), version);
        expect(unsuback).toMatchObject({ cmd: "unsuback", messageId, ...(version === 5 && { granted: removedCodes }) });
      }),
      runs,
    );
  });
});

it("PINGREQ is read in both versions, as is DISCONNECT of 3.1.1; PINGRESP is written", () => {
  for (const version of versions) {
    expect(decodeCut(written({ cmd: "pingreq" }, version), version)).toEqual({});
    expect(read(pingresp, version)).toMatchObject({ cmd: "pingresp" });
  }
  const disconnect = written({ cmd: "disconnect" }, 4);
  expect(decodeCut(disconnect, 4)).toEqual({ reasonCode: 0, sessionExpirySeconds: null });
});

it("DISCONNECT is read and written, the server's without session expiry [MQTT-3.14.2-1] [not MQTT-3.14.2-2]", () => {
  const fromClient = fc.constantFrom(
    0x00,
    0x04,
    0x80,
    0x81,
    0x82,
    0x83,
    0x90,
    0x93,
    0x94,
    0x95,
    0x96,
    0x97,
    0x98,
    0x99,
  );
  const fromServer = fc.constantFrom(
    0x00,
    0x81,
    0x82,
    0x87,
    0x89,
    0x8b,
    0x8d,
    0x8e,
    0x93,
    0x95,
    0x97,
    0x98,
    0x9c,
    0xa0,
  );
  fc.assert(
    fc.property(fromClient, fromServer, arbitrary.disconnectProperties, (sent, answered, properties) => {
      const bytes = written({ cmd: "disconnect", reasonCode: sent, properties }, 5);
      expect(decodeCut(bytes, 5)).toEqual({
        reasonCode: sent,
        sessionExpirySeconds: properties.sessionExpiryInterval ?? null,
      });
      const { reasonString } = properties;
      const disconnect = read(encodeDisconnect(answered, reasonString), 5);
      expect(disconnect).toMatchObject({ cmd: "disconnect", reasonCode: answered });
      expect(plain("properties" in disconnect ? disconnect.properties : undefined)).toEqual(plain({ reasonString }));
    }),
    runs,
  );
});

it("AUTH is read", () => {
  fc.assert(
    fc.property(fc.constantFrom(0x18, 0x19), arbitrary.anyText, arbitrary.anyPassword, (reasonCode, method, data) => {
      const properties = { authenticationMethod: method, authenticationData: data };
      expect(decodeCut(written({ cmd: "auth", reasonCode, properties }, 5), 5)).toEqual({ reasonCode, method });
    }),
    runs,
  );
});
