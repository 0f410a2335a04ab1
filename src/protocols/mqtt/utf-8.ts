// Whether bytes are text. For payloads, whose format is a claim of the client; strings within packets are checked where
// they are read.

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Whether bytes are well-formed UTF-8: no surrogates, overlong forms or cut characters (RFC 3629). U+0000 is allowed, as
 * only MQTT's own strings exclude it. Plain ASCII costs a loop and no memory.
 */
export function isUtf8(bytes: Uint8Array): boolean {
  let firstOther = 0;
  while (firstOther < bytes.length && bytes[firstOther]! < 0x80) firstOther++;
  if (firstOther === bytes.length) return true;
  try {
    decoder.decode(bytes.subarray(firstOther));
    return true;
  } catch {
    return false;
  }
}
