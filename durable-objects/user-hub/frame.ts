// Puts packets together into frames.

/** All parts as one. Views that lie side by side, as the packets of a publisher's frame do, are not copied. */
export function concat(parts: Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array;
  const adjacent = adjacentView(parts);
  if (adjacent) return adjacent;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function adjacentView(parts: Uint8Array[]): Uint8Array | null {
  const first = parts[0];
  if (!first) return null;
  const { buffer, byteOffset } = first;
  let end = byteOffset;
  for (const part of parts) {
    if (part.buffer !== buffer || part.byteOffset !== end) return null;
    end += part.length;
  }
  return new Uint8Array(buffer, byteOffset, end - byteOffset);
}
