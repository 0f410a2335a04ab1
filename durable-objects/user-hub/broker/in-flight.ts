// Messages sent at QoS 1 or 2 and not yet acknowledged, each as one number: its sequence number, what it waits for, and
// whether a row keeps it. The packet id follows from the sequence number, so that no row has to hold it.

export const awaits = { puback: 0, pubrec: 1, pubcomp: 2 } as const;
export type Awaited = (typeof awaits)[keyof typeof awaits];

export interface InFlight {
  seq: number;
  awaited: Awaited;
  /** Whether it is in `queued_messages`. */
  hasRow: boolean;
}

/** 8 a number, so that the small integers of a serialised attachment last for 134 million messages of one session. */
export function packInFlight({ seq, awaited, hasRow }: InFlight): number {
  return seq * 8 + (hasRow ? 4 : 0) + awaited;
}

export function unpackInFlight(packed: number): InFlight {
  return { seq: Math.floor(packed / 8), hasRow: (packed & 4) !== 0, awaited: (packed & 3) as Awaited };
}

export function packetIdOf(seq: number): number {
  return ((seq - 1) % 65_535) + 1;
}

/** Where a packet id is in the list; -1: nowhere. */
export function findInFlight(inFlight: readonly number[], packetId: number): number {
  for (let i = 0; i < inFlight.length; i++) {
    if (packetIdOf(Math.floor((inFlight[i] as number) / 8)) === packetId) return i;
  }
  return -1;
}
