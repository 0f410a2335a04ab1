// The reason codes of MQTT 5 and what becomes of them in MQTT 3.1.1. Numbers and their mapping only; who sends which
// code when is decided by the codec's callers.

/** A byte: below 0x80 it reports success, from 0x80 on failure (MQTT 5.0 §2.4). */
export type ReasonCode = number;

/** Every reason code of MQTT 5.0 §2.4. Where one number has several names, each packet uses its own. */
export const reasonCode = {
  success: 0x00,
  normalDisconnection: 0x00,
  grantedQoS0: 0x00,
  grantedQoS1: 0x01,
  grantedQoS2: 0x02,
  disconnectWithWill: 0x04,
  noMatchingSubscribers: 0x10,
  noSubscriptionExisted: 0x11,
  continueAuthentication: 0x18,
  reAuthenticate: 0x19,
  unspecifiedError: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  implementationSpecificError: 0x83,
  unsupportedProtocolVersion: 0x84,
  clientIdentifierNotValid: 0x85,
  badUserNameOrPassword: 0x86,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  serverBusy: 0x89,
  banned: 0x8a,
  serverShuttingDown: 0x8b,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  packetIdentifierInUse: 0x91,
  packetIdentifierNotFound: 0x92,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  messageRateTooHigh: 0x96,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  payloadFormatInvalid: 0x99,
  retainNotSupported: 0x9a,
  qosNotSupported: 0x9b,
  useAnotherServer: 0x9c,
  serverMoved: 0x9d,
  sharedSubscriptionsNotSupported: 0x9e,
  connectionRateExceeded: 0x9f,
  maximumConnectTime: 0xa0,
  subscriptionIdentifiersNotSupported: 0xa1,
  wildcardSubscriptionsNotSupported: 0xa2,
} as const satisfies Record<string, ReasonCode>;

/** The return code of a 3.1.1 CONNACK (§3.2.2.3); 3, server unavailable, for whatever has no equivalent there. */
export function connectReturnCode(code: ReasonCode): number {
  switch (code) {
    case reasonCode.success:
      return 0;
    case reasonCode.unsupportedProtocolVersion:
      return 1;
    case reasonCode.clientIdentifierNotValid:
      return 2;
    case reasonCode.badUserNameOrPassword:
      return 4;
    case reasonCode.notAuthorized:
      return 5;
    default:
      return 3;
  }
}
