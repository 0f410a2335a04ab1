// Random but valid parts of MQTT packets, in the words of the npm package mqtt-packet, for comparing the codec with it.
import { Buffer } from "node:buffer";
import * as fc from "fast-check";

/** Any text that MQTT may carry: no U+0000, no lone surrogates; the byte order mark among it. */
export const anyText = fc
  .oneof(fc.string({ unit: "binary", maxLength: 30 }), fc.string({ unit: "grapheme-ascii", maxLength: 70 }))
  .map((text) => text.replaceAll("\0", "\uFEFF"));

/** Never empty: mqtt-packet loses an empty value of a user property that is repeated. */
const filledText = anyText.map((text) => `v${text}`);

/** Text without the code points that the codec refuses in names: client ids, user names, topics and filters. */
export const anyName = anyText.map((text) => text.replaceAll(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, "/"));
export const anyTopic = anyName.map((text) => `t${text.replaceAll(/[+#]/g, "/")}`);
export const anyFilter = fc
  .tuple(anyName, fc.constantFrom("", "/+", "/#", "/+/b", "/+/#"))
  .map(([name, end]) => `f${name.replaceAll(/[+#]/g, "/")}${end}`);
/** For MQTT 5 alone: 3.1.1 knows no shared subscriptions. */
export const anySharedFilter = fc
  .tuple(anyName, anyFilter)
  .map(([name, filter]) => `$share/s${name.replaceAll(/[+#/]/g, "-")}/${filter}`);
export const anyQoS = fc.constantFrom(0 as const, 1 as const, 2 as const);
export const anyPacketId = fc.integer({ min: 1, max: 65_535 });
export const anyReasonString = fc.option(anyText, { nil: undefined });
/** Now and then large enough for a remaining length of three bytes. */
export const anyBytes = fc
  .oneof({ weight: 9, arbitrary: fc.uint8Array({ maxLength: 40 }) }, { weight: 1, arbitrary: bytesUpTo(20_000) })
  .map((bytes) => Buffer.from(bytes));

const uint16 = fc.integer({ min: 0, max: 65_535 });
const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const binary = fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes));

/** A name never looks like a number, which would change the order of an object's keys. */
export const userProperties = fc.dictionary(
  anyText.map((text) => `k${text}`),
  fc.oneof(filledText, fc.array(filledText, { minLength: 2, maxLength: 3 })),
  { minKeys: 1, maxKeys: 3, noNullPrototype: true },
);

const messageProperties = {
  payloadFormatIndicator: fc.boolean(),
  messageExpiryInterval: uint32,
  contentType: anyText,
  responseTopic: anyTopic,
  correlationData: binary,
  userProperties,
};

export const publishProperties = fc.record(
  { ...messageProperties, topicAlias: fc.integer({ min: 1, max: 65_535 }) },
  { requiredKeys: [] },
);

export const subscribeProperties = fc.record(
  { subscriptionIdentifier: fc.integer({ min: 1, max: 268_435_455 }), userProperties },
  { requiredKeys: [] },
);

export const disconnectProperties = fc.record(
  { sessionExpiryInterval: uint32, reasonString: anyText, userProperties },
  { requiredKeys: [] },
);

export const connectProperties = fc.record(
  {
    sessionExpiryInterval: uint32,
    receiveMaximum: fc.integer({ min: 1, max: 65_535 }),
    maximumPacketSize: fc.integer({ min: 1, max: 0xffffffff }),
    topicAliasMaximum: uint16,
    requestResponseInformation: fc.boolean(),
    requestProblemInformation: fc.boolean(),
    authenticationMethod: anyText,
    userProperties,
  },
  { requiredKeys: [] },
);

export const anyWill = fc.record({
  topic: anyTopic,
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  qos: anyQoS,
  retain: fc.boolean(),
  properties: fc.record({ ...messageProperties, willDelayInterval: uint32 }, { requiredKeys: [] }),
});

export const anyKeepAlive = uint16;
export const anyPassword = binary;

/** CONNACK's properties in this project's words. */
export const connackProperties = fc.record(
  {
    sessionExpirySeconds: uint32,
    receiveMaximum: fc.integer({ min: 1, max: 65_535 }),
    maximumQoS: fc.constantFrom(0 as const, 1 as const),
    retainAvailable: fc.boolean(),
    maximumPacketBytes: fc.integer({ min: 1, max: 0xffffffff }),
    assignedClientId: anyText,
    topicAliasMaximum: uint16,
    reasonString: anyText,
    wildcardSubscriptionAvailable: fc.boolean(),
    subscriptionIdentifiersAvailable: fc.boolean(),
    sharedSubscriptionAvailable: fc.boolean(),
    serverKeepAliveSeconds: uint16,
    responseInformation: anyText,
    serverReference: anyText,
  },
  { requiredKeys: [] },
);

function bytesUpTo(maxLength: number): fc.Arbitrary<Uint8Array> {
  return fc.record({ length: fc.nat(maxLength), value: fc.nat(255) }).map(({ length, value }) => {
    return new Uint8Array(length).fill(value);
  });
}
