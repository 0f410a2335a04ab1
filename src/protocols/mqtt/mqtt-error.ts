// The one error of the MQTT codec: what a client sent breaks a rule, and the reason code says which kind of rule. Nothing
// else may come out of the decoders.
import { reasonCode } from "./reason-codes.ts";
import type { ReasonCode } from "./reason-codes.ts";

/** The protocol level that CONNECT carries: 4 is MQTT 3.1.1, 5 is MQTT 5.0. */
export type ProtocolVersion = 4 | 5;

/** A packet that must end its connection. */
export class MqttError extends Error {
  override readonly name = "MqttError";
  /** 0x80 or above. */
  readonly reasonCode: ReasonCode;
  /** Set for CONNECT alone: the form in which CONNACK should be answered, null if CONNECT did not get that far. */
  readonly version: ProtocolVersion | null;

  /** The largest packet the client takes, as far as its CONNECT was read; null: any. */
  readonly maximumPacketBytes: number | null;

  constructor(
    code: ReasonCode,
    message: string,
    version: ProtocolVersion | null = null,
    maximumPacketBytes: number | null = null,
  ) {
    super(message);
    this.reasonCode = code;
    this.version = version;
    this.maximumPacketBytes = maximumPacketBytes;
  }
}

/** A packet that cannot be parsed (0x81). */
export function malformed(message: string): MqttError {
  return new MqttError(reasonCode.malformedPacket, message);
}

/** A packet that parses, but says what the protocol does not allow (0x82). */
export function protocolError(message: string): MqttError {
  return new MqttError(reasonCode.protocolError, message);
}
