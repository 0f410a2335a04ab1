// The packets of the simulated clients, and how they go over the wire. Independent of the hub's codec, which is under test too.

export type QoS = 0 | 1 | 2;
export type Version = 4 | 5;

export interface WillPacket {
  topic: string;
  payload: string;
  qos: QoS;
  retain: boolean;
  delaySeconds: number;
  expirySeconds: number | null;
}

export interface ConnectPacket {
  type: "connect";
  version: Version;
  clientId: string;
  cleanStart: boolean;
  keepAliveSeconds: number;
  password: string;
  sessionExpirySeconds: number;
  receiveMaximum: number | null;
  maximumPacketBytes: number | null;
  topicAliasMaximum: number;
  will: WillPacket | null;
}

export interface PublishPacket {
  type: "publish";
  topic: string;
  payload: string;
  qos: QoS;
  retain: boolean;
  dup: boolean;
  id: number;
  expirySeconds: number | null;
  alias: number | null;
  subscriptionIds: number[];
}

export interface AckPacket {
  type: "puback" | "pubrec" | "pubrel" | "pubcomp";
  id: number;
  code: number;
}

export interface SubscriptionRequest {
  filter: string;
  qos: QoS;
  noLocal: boolean;
  retainAsPublished: boolean;
  retainHandling: 0 | 1 | 2;
}

export interface SubscribePacket {
  type: "subscribe";
  id: number;
  subscriptionId: number | null;
  subscriptions: SubscriptionRequest[];
}

export interface UnsubscribePacket {
  type: "unsubscribe";
  id: number;
  filter: string;
}

export interface DisconnectPacket {
  type: "disconnect";
  code: number;
  sessionExpirySeconds: number | null;
}

export type ClientPacket =
  | ConnectPacket
  | PublishPacket
  | AckPacket
  | SubscribePacket
  | UnsubscribePacket
  | DisconnectPacket
  | { type: "pingreq" };

export interface ConnackPacket {
  type: "connack";
  sessionPresent: boolean;
  code: number;
  /** By number; texts are left out. */
  properties: Map<number, number>;
}

export type HubPacket = (
  | ConnackPacket
  | PublishPacket
  | AckPacket
  | { type: "suback" | "unsuback"; id: number; codes: number[] }
  | { type: "pingresp" }
  | { type: "disconnect"; code: number }
) & { /** Of the whole packet. */ bytes: number };

export const property = {
  messageExpiry: 0x02,
  subscriptionId: 0x0b,
  sessionExpiry: 0x11,
  serverKeepAlive: 0x13,
  willDelay: 0x18,
  receiveMaximum: 0x21,
  topicAliasMaximum: 0x22,
  topicAlias: 0x23,
  maximumQoS: 0x24,
  maximumPacketSize: 0x27,
} as const;
