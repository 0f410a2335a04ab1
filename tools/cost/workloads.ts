// The workloads whose bill is asked for: how they are at full size, what of them is replayed, and what they may cost.

export interface Workload {
  name: string;
  /** US$ a month, net, that it must stay below. */
  target: number;
  /** At full size. */
  hubs: number;
  devicesPerHub: number;
  /** Published by each device; 0: it is silent, and pings. */
  messagesPerSecond: number;
  messagesPerFrame: number;
  /** An app per hub that subscribes to a tenth of what the devices publish. */
  hasApp: boolean;
}

export const secondsPerMonth = 30 * 24 * 3600;
export const keepAliveSeconds = 60;
export const streamNames = ["temperature", "humidity", "pressure", "voltage", "signal"] as const;

/** Of the replay. */
export const replayedHubs = 3;
export const replayedSeconds = 2 * 3600;
/** Days that averages are kept: STREAM_MINUTES_DAYS, STREAM_HOURS_DAYS, STREAM_DAYS_DAYS. */
export const keptDays = { minutes: 90, hours: 1100, days: 3660 } as const;
/** How often in a month everybody connects anew: once by themselves, and after each of four deploys. */
export const connectsPerMonth = 5;

const messagesPerMonth = 12e9;
const reference = { hubs: 300, devicesPerHub: 10, hasApp: true };
const messagesPerSecond = messagesPerMonth / secondsPerMonth / (reference.hubs * reference.devicesPerHub);

export const workloads: readonly Workload[] = [
  {
    name: "12 billion messages a month, one a frame",
    target: 95,
    ...reference,
    messagesPerSecond,
    messagesPerFrame: 1,
  },
  {
    name: "12 billion messages a month, ten a frame",
    target: 12,
    ...reference,
    messagesPerSecond,
    messagesPerFrame: 10,
  },
  {
    name: "a thousand users with three silent devices each",
    target: 1,
    hubs: 1000,
    devicesPerHub: 3,
    hasApp: false,
    messagesPerSecond: 0,
    messagesPerFrame: 1,
  },
];

/** What was counted in a phase of a replay, by wrappers around what the platform bills. */
export interface Counted {
  /** Incoming WebSocket messages of the hubs. */
  frames: number;
  /** Fetches and calls of the hubs. */
  hubRequests: number;
  alarms: number;
  rowsRead: number;
  rowsWritten: number;
  setAlarms: number;
  workerRequests: number;
  d1RowsRead: number;
  d1RowsWritten: number;
  kvReads: number;
  kvWrites: number;
  cacheOperations: number;
  r2WriteOperations: number;
  r2ReadOperations: number;
  queueOperations: number;
}

export const nothingCounted: Readonly<Counted> = {
  frames: 0,
  hubRequests: 0,
  alarms: 0,
  rowsRead: 0,
  rowsWritten: 0,
  setAlarms: 0,
  workerRequests: 0,
  d1RowsRead: 0,
  d1RowsWritten: 0,
  kvReads: 0,
  kvWrites: 0,
  cacheOperations: 0,
  r2WriteOperations: 0,
  r2ReadOperations: 0,
  queueOperations: 0,
};

export interface Replay {
  name: string;
  /** From nothing to everybody connected. */
  setup: Counted;
  /** The two hours. */
  steady: Counted;
  published: number;
  relayed: number;
  /** Milliseconds of real time that the hubs took for the two hours, with what stands between them and the clock. */
  handlerMs: number;
  /** Bytes of all hubs, before and after the two hours. */
  storedBefore: number;
  storedAfter: number;
  /** From the end of the two hours until their streams are archived. */
  archiving: Counted;
  /** Bytes in R2, of all hubs. */
  archived: { minutes: number; hours: number; days: number };
  /** What the hubs' own meters say of setup and two hours together. */
  metered: { messages: number; requests: number; alarms: number; rowsRead: number; rowsWritten: number };
}
