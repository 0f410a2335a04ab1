// What the hub has to do at a later time, on the object's one alarm. memory: rebuilt on wake; what it is made of is in SQLite
// and in the attachments.
export interface DelayedWill {
  connectionId: string;
  sessionKey: string;
  dueAt: number;
}

export class Deadlines {
  /** By connection id. sqlite: `wills`. */
  readonly wills = new Map<string, DelayedWill>();
  /** Nothing of a session or will is due before. */
  nextDueAt = 0;
  /** No connection has been silent for too long before. */
  nextSilenceAt = 0;
  /** When the rows of sessions whose connections are dead are to say so; infinite: they do. */
  orphansAt = Number.POSITIVE_INFINITY;
  /** What the alarm is asked for in this event. */
  wantedAt = Number.POSITIVE_INFINITY;

  constructor(wills: DelayedWill[]) {
    for (const will of wills) this.wills.set(will.connectionId, will);
  }

  /** A session's end or a will that is due at that time. */
  due(at: number): void {
    if (at < this.nextDueAt) this.nextDueAt = at;
    this.wantAlarm(at);
  }

  wantAlarm(at: number): void {
    if (at < this.wantedAt) this.wantedAt = at;
  }
}
