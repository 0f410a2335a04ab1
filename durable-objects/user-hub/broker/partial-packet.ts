// A packet of which only the beginning has arrived. It must survive hibernation: short ones in the attachment, longer ones
// in SQLite, one appended chunk a frame.
import type { Connection } from "../connection.ts";
import { concat } from "../frame.ts";
import { partialInAttachmentBytes } from "../limits.ts";
import type { BrokerState } from "./state.ts";

/**
 * All bytes to be read now: what was left over, and the frame. Null: still not a whole packet, the frame was added to
 * what waits. Takes no more than one copy of a packet, however many frames bring it.
 */
export function joinFrame(state: BrokerState, connection: Connection, frame: Uint8Array): Uint8Array | null {
  const { partial } = connection;
  if (!partial) return frame;
  if (partial.needed !== null && partial.bytes + frame.length < partial.needed) {
    append(state, connection, frame);
    return null;
  }
  const bytes = concat([...partial.chunks, frame]);
  clear(state, connection);
  return bytes;
}

/** Keeps the beginning of a packet for the next frame. */
export function keepPartial(state: BrokerState, connection: Connection, rest: Uint8Array): void {
  connection.partial = { chunks: [], bytes: 0, needed: packetLength(rest) };
  append(state, connection, rest);
}

function append(state: BrokerState, connection: Connection, frame: Uint8Array): void {
  const { partial } = connection;
  if (!partial) return;
  // A copy: the frame's buffer may be many times larger than what is left of it.
  partial.chunks.push(frame.slice());
  partial.bytes += frame.length;
  const stored = connection.state;
  if (partial.bytes <= partialInAttachmentBytes) {
    stored.partial = concat(partial.chunks);
    state.changed(connection);
    return;
  }
  const chunk = stored.partialChunks === 0 ? concat(partial.chunks) : frame;
  state.partialPackets.append(stored.id, stored.partialChunks, chunk);
  stored.partial = null;
  stored.partialChunks++;
  stored.hasRows = true;
  state.changed(connection);
}

function clear(state: BrokerState, connection: Connection): void {
  connection.partial = null;
  connection.state.partial = null;
  if (connection.state.partialChunks > 0) state.partialPackets.deleteAll(connection.state.id);
  connection.state.partialChunks = 0;
  state.changed(connection);
}

/** Reads what waits back from attachment and table. */
export function restorePartial(state: BrokerState, connection: Connection): void {
  const { partial, partialChunks, id } = connection.state;
  const chunks = partialChunks > 0 ? state.partialPackets.read(id) : partial ? [partial] : [];
  if (chunks.length === 0) return;
  const whole = concat(chunks);
  connection.partial = { chunks: [whole], bytes: whole.length, needed: packetLength(whole) };
}

/** Bytes of the packet that begins here, or null while its length has not arrived. The header has been checked. */
function packetLength(bytes: Uint8Array): number | null {
  let remaining = 0;
  for (let i = 1; i < bytes.length && i < 5; i++) {
    const byte = bytes[i] as number;
    remaining += (byte & 127) * 128 ** (i - 1);
    if (byte < 128) return 1 + i + remaining;
  }
  return null;
}
