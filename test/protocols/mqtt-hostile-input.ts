// Makes what an attacker or a broken client sends: random bytes, and valid packets with lengths, flags, text, properties and
// order destroyed. The same for the same numbers.
import type { ProtocolVersion } from "../../src/protocols/mqtt/publish.ts";
import { clientVectors } from "./mqtt-client-vectors.ts";
import { connectVectors } from "./mqtt-connect-vectors.ts";
import { wire } from "./mqtt-wire.ts";

/** A whole number from 0 up to, excluding, `limit`. */
export type Random = (limit: number) => number;

export interface HostileInput {
  bytes: Uint8Array;
  /** Null: the connection has not said CONNECT yet. */
  version: ProtocolVersion | null;
}

interface Sample {
  bytes: readonly number[];
  version: ProtocolVersion;
}

const samples: Sample[] = [...connectVectors, ...clientVectors].map(({ bytes, version }) => ({
  bytes: [...wire(bytes)],
  version,
}));

/** mulberry32: always the same numbers for a seed and the number of a case. */
export function numbersFrom(seed: number, testCase = 0): Random {
  let state = (seed + Math.imul(testCase, 0x9e3779b9)) | 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** Ill-formed UTF-8, surrogates, U+0000, and what is merely unwelcome. */
const badText = [[0], [0xff], [0xc0, 0xaf], [0xc3], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80]];
const oddText = [[1], [0x7f], [0xc2, 0x9f], [0xef, 0xbf, 0xbf], [0xef, 0xbb, 0xbf], [0x23], [0x2b], [0x24]];
const hugeLengths = [
  [0xff, 0xff],
  [0xff, 0xff, 0xff, 0x7f],
  [0xff, 0xff, 0xff, 0xff, 0x7f],
  [0x80, 0x80, 0x80, 0x01],
];
/** Each with a value, so that they are found twice, in the wrong packet, or with a value they may not have. */
const properties = [
  [1, 1],
  [1, 2],
  [2, 0, 0, 0, 1],
  [3, 0, 0],
  [8, 0, 1, 0x23],
  [9, 0, 0],
  [11, 1],
  [11, 0],
  [33, 0, 0],
];
const moreProperties = [
  [17, 0, 0, 0, 0],
  [23, 1],
  [24, 0, 0, 0, 1],
  [31, 0, 0],
  [35, 0, 0],
  [35, 0, 1],
  [38, 0, 0, 0, 0],
];
const snippets = [...badText, ...oddText, ...hugeLengths, ...properties, ...moreProperties];

type Mutation = (bytes: number[], random: Random) => void;

const mutations: Mutation[] = [
  function flipBit(bytes, random) {
    const at = random(bytes.length);
    bytes[at] = bytes[at]! ^ (1 << random(8));
  },
  function setByte(bytes, random) {
    bytes[random(bytes.length)] = random(2) === 0 ? random(256) : random(4);
  },
  function insertByte(bytes, random) {
    bytes.splice(random(bytes.length + 1), 0, random(256));
  },
  function remove(bytes, random) {
    bytes.splice(random(bytes.length), 1 + random(4));
  },
  function truncate(bytes, random) {
    bytes.length = 1 + random(bytes.length);
  },
  function extend(bytes, random) {
    for (let i = random(9); i >= 0; i--) bytes.push(random(256));
  },
  function insertSnippet(bytes, random) {
    bytes.splice(random(bytes.length + 1), 0, ...snippets[random(snippets.length)]!);
  },
  function overwriteWithSnippet(bytes, random) {
    const snippet = snippets[random(snippets.length)]!;
    bytes.splice(random(bytes.length), snippet.length, ...snippet);
  },
  function repeatSlice(bytes, random) {
    const start = random(bytes.length);
    const slice = bytes.slice(start, start + 1 + random(12));
    bytes.splice(start, 0, ...slice);
  },
  function moveSlice(bytes, random) {
    const slice = bytes.splice(random(bytes.length), 1 + random(6));
    bytes.splice(random(bytes.length + 1), 0, ...slice);
  },
  function spliceOther(bytes, random) {
    const other = samples[random(samples.length)]!.bytes;
    const start = random(other.length);
    bytes.splice(random(bytes.length + 1), random(4), ...other.slice(start, start + 1 + random(20)));
  },
  function changeFlags(bytes, random) {
    bytes[0] = (bytes[0]! & 0xf0) | random(16);
  },
  function changeType(bytes, random) {
    bytes[0] = (random(16) << 4) | (bytes[0]! & 0x0f);
  },
];

/** Writes the remaining length anew, so that more than the header is reached: right, or in one of the ways it can be wrong. */
function frameAgain(bytes: number[], random: Random): void {
  const body = bytes.slice(2);
  const choice = random(16);
  const length = choice === 0 ? random(300) : choice === 1 ? body.length + 1 : body.length;
  const encoded = [];
  for (let rest = length; ; rest >>>= 7) {
    encoded.push((rest & 0x7f) | (rest >= 0x80 ? 0x80 : 0));
    if (rest < 0x80) break;
  }
  if (choice === 2) encoded.splice(0, encoded.length, ...hugeLengths[1 + random(3)]!);
  if (choice === 3) encoded.push(0x80 | encoded.pop()!, 0);
  bytes.splice(1, bytes.length, ...encoded, ...body);
}

function mutated(random: Random): { bytes: number[]; version: ProtocolVersion } {
  const { bytes: sample, version } = samples[random(samples.length)]!;
  const bytes = [...sample];
  const count = random(2) === 0 ? 1 : 1 + random(4);
  for (let i = 0; i < count && bytes.length > 0; i++) {
    mutations[random(mutations.length)]!(bytes, random);
  }
  if (bytes.length > 2 && random(4) !== 0) frameAgain(bytes, random);
  return { bytes, version: random(16) === 0 ? (random(2) === 0 ? 4 : 5) : version };
}

/** A packet of any type around random bytes, small ones more often than others, as lengths and properties are. */
function framed(random: Random): number[] {
  const type = 1 + random(15);
  const flags = type === 3 ? random(16) : type === 6 || type === 8 || type === 10 ? 2 : 0;
  const small = random(2) === 0;
  const body = Array.from({ length: random(small ? 8 : 60) }, () => random(random(2) === 0 ? 256 : 8));
  return [(type << 4) | flags, body.length, ...body];
}

/** One or several packets as they arrive on a connection of one version, or before its CONNECT. */
export function hostileInput(random: Random): HostileInput {
  const kind = random(8);
  const anyVersion = random(2) === 0 ? 4 : 5;
  if (kind === 0) {
    const bytes = Uint8Array.from({ length: random(60) }, () => random(256));
    return { bytes, version: random(4) === 0 ? null : anyVersion };
  }
  if (kind === 1) return { bytes: Uint8Array.from(framed(random)), version: anyVersion };
  const first = mutated(random);
  if (kind === 2) {
    const rest = random(2) === 0 ? mutated(random).bytes : samples[random(samples.length)]!.bytes;
    first.bytes.push(...rest);
  }
  const isConnect = first.bytes[0]! >> 4 === 1;
  return { bytes: Uint8Array.from(first.bytes), version: isConnect && random(4) !== 0 ? null : first.version };
}
