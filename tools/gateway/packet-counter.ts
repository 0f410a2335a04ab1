// Where MQTT packets begin and end in a stream of bytes. Only fixed headers are read; what they announce is nobody's
// business here but the cloud's and the client's.

/** A remaining length has at most four bytes [MQTT-1.5.5]; a stream with a longer one is not MQTT. */
const maxLengthBytes = 4;

export class PacketCounter {
  /** Packets that have ended so far. */
  packets = 0;
  /** The stream is not MQTT: nothing is known of it any more. */
  isLost = false;
  #isHeader = true;
  /** Bytes of the remaining length read so far; -1: the packet's first byte is still to come. */
  #lengthBytes = -1;
  #remaining = 0;

  /** Reads on. Answers how many bytes of `chunk` come before the end of the last packet that ended in it; 0: none did. */
  push(chunk: Uint8Array): number {
    let at = 0;
    let end = 0;
    while (at < chunk.length && !this.isLost) {
      if (this.#isHeader) {
        this.#header(chunk[at] as number);
        at++;
      } else {
        const taken = Math.min(this.#remaining, chunk.length - at);
        this.#remaining -= taken;
        at += taken;
      }
      if (!this.#isHeader && this.#remaining === 0) {
        this.packets++;
        end = at;
        this.#isHeader = true;
        this.#lengthBytes = -1;
      }
    }
    return end;
  }

  #header(byte: number): void {
    if (this.#lengthBytes >= 0) {
      this.#remaining += (byte & 0x7f) * 128 ** this.#lengthBytes;
      if (byte < 0x80) this.#isHeader = false;
    }
    this.#lengthBytes++;
    if (this.#isHeader && this.#lengthBytes === maxLengthBytes) this.isLost = true;
  }
}
