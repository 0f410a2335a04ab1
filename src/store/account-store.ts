// What preferences and the end of an account need of a database.

export interface Preferences {
  /** JSON object. */
  value: Record<string, unknown>;
  /** 0: nothing was ever kept. */
  version: number;
}

export interface PreferenceStore {
  read(userId: string): Promise<Preferences>;
  /** False: they were changed since that version. */
  write(change: { userId: string; value: Record<string, unknown>; version: number; now: number }): Promise<boolean>;
}

/** An account that is being removed, or was. */
export interface AccountDeletion {
  id: string;
  /** Null: everything is removed. */
  userId: string | null;
  hubId: string | null;
  /** How many times everything was gone over. */
  passes: number;
  /** How many steps of the present pass are done. */
  steps: number;
  createdAt: number;
  nextAttemptAt: number;
  doneAt: number | null;
}

export interface AccountStore {
  /** Ends every way of signing in, and notes what is to be removed. */
  begin(deletion: { id: string; userId: string; hubId: string; now: number; nextAttemptAt: number }): Promise<void>;
  find(id: string): Promise<AccountDeletion | null>;
  /** What is to be worked on. */
  due(now: number, limit: number): Promise<string[]>;
  progress(id: string, state: Pick<AccountDeletion, "passes" | "steps" | "nextAttemptAt">): Promise<void>;
  /** Keeps nothing but when it was. */
  finish(id: string, doneAt: number): Promise<void>;
  removeDone(before: number): Promise<void>;
  /** Some of the person's devices with the generations of their credentials. */
  someDevices(userId: string, limit: number): Promise<{ id: string; gen: number | null }[]>;
  removeDevices(userId: string, deviceIds: string[]): Promise<void>;
  /** Removes every row of the person and of their hub, whichever table it is in. */
  removeRows(account: { userId: string; hubId: string }): Promise<void>;
}
