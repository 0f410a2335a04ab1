// The network between clients and hub: frames in order on each connection, late, cut and joined; connections that break and lose
// what was last under way.
import { Link, type Received } from "./link.ts";
import type { ClientPacket, ConnectPacket } from "./packets.ts";
import { mix } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface Ends {
  open(link: Link): void;
  frame(link: Link, bytes: Uint8Array, packets: ClientPacket[]): void;
  closed(link: Link): void;
  down(link: Link, packet: Received): void;
  lost(link: Link): void;
}

export class Network {
  readonly #seed: number;
  readonly #timeline: Timeline;
  readonly #ends: Ends;
  readonly #links = new Set<Link>();
  /** Connections so far, by client: draws do not shift when steps are left out. */
  readonly #count: number[] = [];
  /** No more cuts, short delays. */
  isCalm = false;

  constructor(seed: number, timeline: Timeline, ends: Ends) {
    this.#seed = seed;
    this.#timeline = timeline;
    this.#ends = ends;
  }

  /**
   * Those that the platform lists for a hub that wakes for an event of `own`: not the one that its peer has closed already,
   * whose last frames and close event are still to be handed over.
   */
  liveSockets(own: Link[]): Link[] {
    return [...this.#links].filter((link) => {
      const isOver = own.includes(link) && link.closesAt <= this.#timeline.now;
      return link.isKnown && !link.isClosed && !link.isGone && !isOver;
    });
  }

  sockets(): Iterable<Link> {
    return this.#links;
  }

  #draw(link: Link, below: number): number {
    return mix(this.#seed, link.client, link.number, ++link.frames) % below;
  }

  #delay(link: Link): number {
    return this.isCalm ? 1 : ([0, 1, 5, 20, 50, 300][this.#draw(link, 6)] ?? 0);
  }

  open(client: number, connect: ConnectPacket): Link {
    const number = (this.#count[client] = (this.#count[client] ?? 0) + 1);
    const link = new Link(number, client, connect);
    this.#links.add(link);
    link.lastUpAt = this.#timeline.now + this.#delay(link);
    this.#timeline.plan(link.lastUpAt, () => {
      if (!link.isGone) this.#ends.open(link);
    });
    return link;
  }

  sendUp(link: Link, packets: { packet: ClientPacket; bytes: Uint8Array }[]): void {
    if (link.isGone || link.isPeerClosed) return;
    for (const { packet, bytes } of packets) {
      link.sentBytes += bytes.length;
      link.upPackets.push({ packet, end: link.sentBytes });
      link.lastUpAt = Math.max(link.lastUpAt, this.#timeline.now + this.#delay(link));
      link.up.push({ bytes, at: link.lastUpAt });
      this.#timeline.plan(link.lastUpAt, () => this.#arriveUp(link));
    }
  }

  /** Takes what is there as one frame, or a part of it. */
  #arriveUp(link: Link): void {
    if (link.isGone || link.up.length === 0) return;
    const { now } = this.#timeline;
    const ready = link.up.filter(({ at }) => at <= now);
    if (ready.length === 0) return;
    const count = this.#draw(link, 2) === 0 ? 1 : ready.length;
    let bytes = join(link.up.splice(0, count).map((chunk) => chunk.bytes));
    if (!this.isCalm && bytes.length > 1 && this.#draw(link, bytes.length > 2000 ? 2 : 7) === 0) {
      const cut = 1 + this.#draw(link, bytes.length - 1);
      link.up.unshift({ bytes: bytes.subarray(cut), at: now + this.#delay(link) });
      bytes = bytes.subarray(0, cut);
    }
    const next = link.up[0];
    if (next) {
      for (const chunk of link.up) chunk.at = Math.max(chunk.at, next.at);
      link.lastUpAt = Math.max(link.lastUpAt, next.at);
      link.closesAt = Math.max(link.closesAt, next.at);
      this.#timeline.plan(next.at, () => this.#arriveUp(link));
    }
    link.arrivedBytes += bytes.length;
    const packets: ClientPacket[] = [];
    while (link.upPackets[0] && link.upPackets[0].end <= link.arrivedBytes)
      packets.push(link.upPackets.shift()!.packet);
    this.#ends.frame(link, bytes, packets);
    this.#closeIfEmpty(link);
  }

  #closeIfEmpty(link: Link): void {
    if (!link.isPeerClosed || link.up.length > 0) return;
    this.#timeline.plan(link.closesAt, () => this.#closed(link));
  }

  #closed(link: Link): void {
    if (link.isGone) return;
    link.isGone = true;
    this.#links.delete(link);
    this.#ends.closed(link);
  }

  /** The client has closed its end. */
  closeUp(link: Link, afterMs = 0): void {
    if (link.isPeerClosed) return;
    link.isPeerClosed = true;
    link.closesAt = Math.max(link.lastUpAt, this.#timeline.now) + afterMs;
    if (link.up.length === 0)
      this.#timeline.plan(Math.max(link.lastUpAt, this.#timeline.now), () => this.#closeIfEmpty(link));
  }

  /** The client has gone on to another connection without closing this one. */
  abandon(link: Link): void {
    this.closeUp(link, [0, 20, 5000, 100_000][this.#draw(link, 4)]);
  }

  break(link: Link, how: { upShare: number; downShare: number; hubNotices: boolean }): void {
    const bytes = link.up.reduce((sum, chunk) => sum + chunk.bytes.length, 0);
    let kept = Math.floor(bytes * how.upShare);
    for (const chunk of link.up) {
      chunk.bytes = chunk.bytes.subarray(0, kept);
      kept -= chunk.bytes.length;
    }
    while (link.up.at(-1)?.bytes.length === 0) link.up.pop();
    this.closeUp(link, how.hubNotices ? this.#delay(link) : 100_000);
    this.#loseDown(link, how.downShare);
  }

  /** Of what is under way to the client, a share arrives; then it notices. */
  #loseDown(link: Link, share: number): void {
    link.down.splice(Math.floor(link.down.length * share));
    link.isDownBroken = true;
    const at = Math.max(link.down.at(-1)?.at ?? 0, this.#timeline.now + this.#delay(link));
    this.#timeline.plan(at, () => this.#ends.lost(link));
  }

  /** All sockets are gone, without close events. */
  crash(share: number): void {
    for (const link of this.#links) {
      link.isGone = true;
      this.#loseDown(link, share);
    }
    this.#links.clear();
  }

  sendDown(outputs: { link: Link; packets: Received[] | null }[]): void {
    for (const { link, packets } of outputs) {
      if (link.isDownBroken) continue;
      link.lastDownAt = Math.max(link.lastDownAt, this.#timeline.now + this.#delay(link));
      link.down.push({ packets, at: link.lastDownAt });
      this.#timeline.plan(link.lastDownAt, () => this.#arriveDown(link));
    }
  }

  #arriveDown(link: Link): void {
    const frame = link.down.shift();
    if (!frame) return;
    if (frame.packets) for (const packet of frame.packets) this.#ends.down(link, packet);
    else {
      this.#ends.lost(link);
      this.closeUp(link);
    }
  }
}

function join(parts: Uint8Array[]): Uint8Array {
  return parts.length === 1 ? (parts[0] as Uint8Array) : new Uint8Array(Buffer.concat(parts));
}
