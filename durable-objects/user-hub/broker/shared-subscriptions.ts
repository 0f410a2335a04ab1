// Shared subscriptions: `$share/{name}/{filter}`, of whose members one gets each message.
import type { Session } from "./session.ts";

export interface Share {
  name: string;
  topicFilter: string;
}

/** The parts of a shared subscription's filter; null: it is none. The parts may be empty. */
export function splitShare(topicFilter: string): Share | null {
  if (!topicFilter.startsWith("$share/")) return null;
  const nameEnds = topicFilter.indexOf("/", 7);
  if (nameEnds < 0) return { name: topicFilter.slice(7), topicFilter: "" };
  return { name: topicFilter.slice(7, nameEnds), topicFilter: topicFilter.slice(nameEnds + 1) };
}

/** A share name is not empty and has no wildcards [MQTT-4.8.2-1] [MQTT-4.8.2-2]. */
export function isShareName(name: string): boolean {
  return name !== "" && !name.includes("+") && !name.includes("#");
}

export class ShareGroup {
  /** The whole filter, `$share/…`. */
  readonly topicFilter: string;
  /** Member to packed options. */
  readonly members = new Map<Session, number>();
  /** memory: who got the last message. */
  #last: Session | null = null;

  constructor(topicFilter: string) {
    this.topicFilter = topicFilter;
  }

  /**
   * Whose turn it is among those that `mayTake`: the next connected member, one with room before one that is behind; or
   * else, for what can wait, one whose session goes on. Null: nobody.
   */
  choose(canWait: boolean, mayTake: (session: Session) => boolean): [Session, number] | null {
    const members = this.#inTurn().filter(([session]) => mayTake(session));
    const connected = members.filter(([{ connection }]) => connection !== null && !connection.ended);
    const chosen =
      connected.find(([{ state }]) => state.waiting === 0) ??
      connected[0] ??
      (canWait ? members.find(([{ isPersistent }]) => isPersistent) : undefined);
    if (!chosen) return null;
    this.#last = chosen[0];
    return chosen;
  }

  /** The members, beginning after the one that got the last message. */
  #inTurn(): [Session, number][] {
    const members = [...this.members];
    const at = members.findIndex(([session]) => session === this.#last);
    return [...members.slice(at + 1), ...members.slice(0, at + 1)];
  }
}
