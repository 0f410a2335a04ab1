// What one receiver can take: packets of its size, and no more than what it reads.
import { reasonCode } from "../../../src/protocols/mqtt/reason-codes.ts";
import type { ClientState, Connection, Packet } from "../connection.ts";
import { hubUnheardBytes, maxUnheardBytes, maxUnheardBytesWhenFull } from "../limits.ts";
import type { BrokerState } from "./state.ts";

/** A packet larger than the client takes is dropped as if it had been sent [MQTT-3.1.2-25]. */
export function fits(client: ClientState, packet: Packet): boolean {
  return client.maximumPacketBytes === null || packet.length <= client.maximumPacketBytes;
}

/**
 * Whether the peer still reads, as far as can be told: what was sent since it was last heard of may lie in our memory. Messages
 * of QoS 0 are dropped above the limit; far above it the connection ends.
 */
export function isReading(state: BrokerState, connection: Connection, client: ClientState): boolean {
  const { unheardBytes } = connection;
  const limit = state.unheardBytes > hubUnheardBytes ? maxUnheardBytesWhenFull : maxUnheardBytes;
  if (unheardBytes <= limit) return true;
  if (unheardBytes > limit * 4) endUnread(state, connection);
  countDropped(state, connection, client);
  return false;
}

/** Ends a connection whose peer lets everything lie. */
export function endUnread(state: BrokerState, connection: Connection): void {
  const reason = "This client has not been heard of while too much was sent to it.";
  state.end(connection, { reasonCode: reasonCode.quotaExceeded, reason, tellPeer: true, dropWill: false });
}

export function countDropped(state: BrokerState, connection: Connection, client: ClientState): void {
  client.dropped++;
  state.changed(connection);
}
