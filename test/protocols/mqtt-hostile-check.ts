// Sends hostile input the way the broker does and checks what comes out: MqttError and nothing else, nothing from outside the
// packet, nothing larger than it, and the same whatever lies around it. Throws where that does not hold.
import { packetType, readHeader } from "../../src/protocols/mqtt/header.ts";
import type { PacketHeader } from "../../src/protocols/mqtt/header.ts";
import { MqttError, protocolError } from "../../src/protocols/mqtt/mqtt-error.ts";
import { decodePublish, encodePublish } from "../../src/protocols/mqtt/publish.ts";
import type { ProtocolVersion, Publish } from "../../src/protocols/mqtt/publish.ts";
import { RecentTopics } from "../../src/protocols/mqtt/recent-topics.ts";
import { encodeRefusal } from "../../src/protocols/mqtt/refusal.ts";
import { hostileInput, numbersFrom } from "./mqtt-hostile-input.ts";
import type { HostileInput } from "./mqtt-hostile-input.ts";
import { decodeBody } from "./mqtt-wire.ts";

const maxPacketBytes = 262_144;
/** The topic of most samples: one that the connection has published to before. */
const knownTopic = new TextEncoder().encode("a/b");

/** What became of the input: the packets that were read, and the reason code that ended it, if one did. */
interface Outcome {
  packets: object[];
  reasonCode: number | null;
  /** Where the first packet that is neither whole nor refused begins. */
  end: number;
}

/** Counts, so that a test can show that its input reached all there is to reach. */
export interface Tally {
  accepted: number;
  refused: number;
  incomplete: number;
  reasonCodes: Map<number, number>;
  packetTypes: Map<number, number>;
}

export function emptyTally(): Tally {
  return { accepted: 0, refused: 0, incomplete: 0, reasonCodes: new Map(), packetTypes: new Map() };
}

/** Runs one case; throws an error that repeats it. */
export function runCase(seed: number, testCase: number, tally: Tally): void {
  const input = hostileInput(numbersFrom(seed, testCase));
  try {
    checkInput(input, testCase, tally);
  } catch (error) {
    const what = `FUZZ_SEED=${seed} FUZZ_CASE=${testCase}: ${Buffer.from(input.bytes).toString("hex")}`;
    throw new Error(`${what} as version ${input.version}: ${String(error)}`, { cause: error });
  }
}

function checkInput(input: HostileInput, testCase: number, tally: Tally): void {
  const outcome = receive(input, tally);
  if (outcome.reasonCode !== null) tally.refused++;
  else if (outcome.end < input.bytes.length) tally.incomplete++;
  else tally.accepted++;
  if (outcome.reasonCode !== null) add(tally.reasonCodes, outcome.reasonCode);
  if (testCase % 8 === 0) checkSurroundings(input, outcome);
  if (testCase % 8 === 1) checkSplit(input);
}

/** The loop of the broker: packet by packet until something is missing or wrong. */
function receive({ bytes, version: known }: HostileInput, tally: Tally): Outcome {
  let version = known;
  const packets: object[] = [];
  const recent = new RecentTopics();
  recent.add("a/b", knownTopic);
  let offset = 0;
  try {
    while (offset < bytes.length) {
      const header = readHeader(bytes, offset, maxPacketBytes, version);
      if (header === null) break;
      if (version === null && header.type !== packetType.connect) throw protocolError("CONNECT comes first.");
      const packet = decodeBody(bytes, header, version ?? 4, recent);
      if (version === null) ({ version } = packet as { version: ProtocolVersion });
      checkBounds(packet, bytes, header);
      if (!isSame(decodeBody(bytes, header, version), packet)) throw new Error("a known topic reads differently");
      if (header.type === packetType.publish) checkRoundTrip(packet as Publish, header.end - offset, version);
      add(tally.packetTypes, header.type);
      packets.push(packet);
      offset = header.end;
    }
    return { packets, reasonCode: null, end: offset };
  } catch (error) {
    if (!(error instanceof MqttError)) throw error;
    if (error.reasonCode < 0x80) throw new Error(`refused with ${error.reasonCode}`, { cause: error });
    if (version === null) encodeRefusal(error);
    return { packets, reasonCode: error.reasonCode, end: offset };
  }
}

/** Whatever a packet holds comes from its own bytes, and all of it together is hardly more than they are. */
function checkBounds(packet: object, bytes: Uint8Array, header: PacketHeader): void {
  const bodyBytes = header.end - header.bodyStart;
  let heldBytes = 0;
  const visit = (value: unknown): void => {
    if (typeof value === "string") {
      if (!value.isWellFormed() || value.includes("\0")) throw new Error("ill-formed text came out");
      heldBytes += value.length;
    } else if (typeof value === "number") {
      if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) throw new Error(`${value} came out`);
    } else if (value instanceof Uint8Array) {
      heldBytes += value.length;
      const start = value.byteOffset - bytes.byteOffset;
      const isView = value.buffer === bytes.buffer && value.length > 0;
      if (isView && (start < header.bodyStart || start + value.length > header.end)) throw new Error("foreign bytes");
    } else if (typeof value === "object" && value !== null) {
      for (const each of Object.values(value)) visit(each);
    }
  };
  visit(packet);
  // A topic is there twice, as text and as bytes.
  if (heldBytes > 2 * bodyBytes) throw new Error(`${heldBytes} bytes came out of ${bodyBytes}`);
}

/** A message that is passed on as it came is no longer than before and reads the same again. */
function checkRoundTrip(packet: Publish, packetBytes: number, version: ProtocolVersion): void {
  const again = encodePublish(packet, version);
  if (again.length > packetBytes) throw new Error("the message has grown");
  const header = readHeader(again, 0, maxPacketBytes, version);
  if (header === null || header.end !== again.length) throw new Error("the message was not written whole");
  if (!isSame(decodePublish(again, header, version), packet)) throw new Error("the message has changed");
}

/** What lies before and behind the bytes changes nothing, unless a packet is still open. */
function checkSurroundings({ bytes, version }: HostileInput, { packets, end }: Outcome): void {
  if (version === null || packets.length === 0) return;
  const stream = new Uint8Array(bytes.length + 20).fill(0xff);
  stream.set(bytes.subarray(0, end), 10);
  let offset = 10;
  for (const packet of packets) {
    const header = readHeader(stream, offset, maxPacketBytes, version);
    if (header === null || !isSame(decodeBody(stream, header, version), packet)) throw new Error("read differently");
    offset = header.end;
  }
}

/** A header is found as soon as its packet is whole and not before; what is refused early is refused later, too. */
function checkSplit({ bytes, version }: HostileInput): void {
  const whole = headerOf(bytes, version);
  for (let cut = 0; cut < bytes.length; cut++) {
    const part = headerOf(bytes.subarray(0, cut), version);
    const isOpen = typeof whole === "object" && (whole === null || cut < whole.end);
    if (part === null ? typeof whole === "object" && !isOpen : isOpen || !isSame(part, whole)) {
      throw new Error(`differs when cut at ${cut}`);
    }
  }
}

function headerOf(bytes: Uint8Array, version: ProtocolVersion | null): PacketHeader | number | null {
  try {
    return readHeader(bytes, 0, maxPacketBytes, version);
  } catch (error) {
    if (error instanceof MqttError) return error.reasonCode;
    throw error;
  }
}

function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const entries = Object.entries(a);
  const others = new Map(Object.entries(b));
  return entries.length === others.size && entries.every(([key, value]) => isSame(value, others.get(key)));
}

function add(counts: Map<number, number>, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
