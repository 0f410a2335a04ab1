// Draws a schedule from its seed.
import { deviceIds, identities, sibling } from "./identities.ts";
import type { Settings } from "./hub.ts";
import type { QoS, Version } from "./packets.ts";
import { Random } from "./random.ts";
import type { ConnectStep, PublishStep, Schedule, Step } from "./schedule.ts";

export const actors = [...identities, sibling];

export const topics = ["shared/a", "shared/b", `devices/${deviceIds[0]}/x`, `devices/${deviceIds[1]}/x`, "free/z"];
const filters = [
  "shared/#",
  "shared/a",
  "shared/+",
  "+/a",
  `devices/${deviceIds[0]}/#`,
  `devices/${deviceIds[1]}/x`,
  "devices/+/x",
  "free/#",
  "#",
  "$share/g/shared/#",
  "$share/g/shared/a",
  "$share/h/shared/+",
];

export function generate(seed: number): Schedule {
  const random = new Random(seed, 1);
  const versions = actors.map((): Version => (random.chance(0.3) ? 4 : 5));
  const steps: Step[] = [];
  for (const device of deviceIds.keys()) {
    const grants = random.pick(["none", "free", "everything"] as const);
    if (grants !== "none") steps.push({ afterMs: 0, do: "grant", device, grants });
  }
  const first = random.below(3);
  for (let i = 0; i < 3; i++) {
    const client = (first + i) % actors.length;
    steps.push(at(random, connect(random, client)));
    if (random.chance(0.9)) steps.push(at(random, subscribe(random, client)));
  }
  const length = 10 + random.below(26);
  const calm = random.chance(0.2);
  for (let i = 0; i < length; i++) steps.push(at(random, draw(random, calm)));
  return { seed, versions, limits: drawLimits(random), steps };
}

function drawLimits(random: Random): Partial<Settings> {
  if (random.chance(0.85)) return {};
  return random.pick<Partial<Settings>>([
    { maxQueuedMessages: 3 },
    { maxQueuedBytes: 60 },
    { maxTotalQueuedBytes: 100 },
    { maxRetainedMessages: 1 },
    { maxRetainedBytes: 40 },
    { maxSubscriptions: 1 },
    { maxSessions: 1 },
    { maxConnections: 2 },
    { maxQueuedSeconds: 20 },
    { maxMessagesPerSecond: 1 },
    { maxStoredPerSecond: 1 },
    { maxSessionExpirySeconds: 20 },
  ]);
}

function at<T>(random: Random, step: T): T & { afterMs: number } {
  const kind = random.weighted({ none: 3, short: 8, second: 3, minute: 0.6 });
  const afterMs = { none: 0, short: random.below(60), second: random.below(4000), minute: random.below(150_000) }[kind];
  return { afterMs, ...step };
}

type Undated = Step extends infer S ? (S extends { afterMs: number } ? Omit<S, "afterMs"> : never) : never;

function draw(random: Random, calm: boolean): Undated {
  const client = random.below(actors.length);
  const device = random.below(deviceIds.length);
  const faults = calm ? 0 : 1;
  const what = random.weighted({
    connect: 14,
    publish: 40,
    subscribe: 12,
    unsubscribe: 2,
    hoard: 0.25,
    disconnect: 4,
    break: 9 * faults,
    pause: 4,
    resume: 4,
    evict: 9 * faults,
    crash: 8 * faults,
    "publish by API": 2,
    revoke: 1.2 * faults,
    readmit: 1.2,
    grant: 3,
    "ask presence": 1,
  });
  switch (what) {
    case "connect":
      return connect(random, client);
    case "publish":
      return publish(random, client);
    case "subscribe":
      return subscribe(random, client);
    case "unsubscribe":
      return { do: what, client, filter: random.pick(filters) };
    case "hoard":
      return {
        do: what,
        client,
        filters: random.below(60),
        messages: random.pick([10, 110, 500]),
        length: random.below(400),
      };
    case "disconnect": {
      const sessionExpirySeconds = random.chance(0.2) ? random.pick([0, 5, 100]) : null;
      return { do: what, client, withWill: random.chance(0.3), sessionExpirySeconds };
    }
    case "break": {
      const share = () => random.pick([0, 0.5, 1]);
      return { do: what, client, upShare: share(), downShare: share(), hubNotices: random.chance(0.8) };
    }
    case "crash": {
      const when = random.pick(["now", "before the commit", "after the commit"] as const);
      return { do: what, when, share: random.pick([0, 0.5, 1]) };
    }
    case "evict":
      return { do: what };
    case "pause":
    case "resume":
      return { do: what, client };
    case "publish by API":
      return { do: what, topic: random.pick(topics), qos: random.chance(0.7) ? 1 : 0, retain: random.chance(0.3) };
    case "grant":
      return { do: what, device, grants: random.pick(["none", "free", "everything"] as const) };
    default:
      return { do: what, device };
  }
}

function connect(random: Random, client: number): ConnectStep {
  const isSmall = random.chance(0.3);
  return {
    do: "connect",
    client,
    cleanStart: random.chance(0.15),
    sessionExpirySeconds: random.pick([0, 0, 3, 30, 300, 300, 300, 0xffffffff]),
    receiveMaximum: isSmall ? 1 + random.below(3) : null,
    maximumPacketBytes: random.chance(0.08) ? 60 : null,
    topicAliasMaximum: random.chance(0.3) ? 1 + random.below(3) : 0,
    keepAliveSeconds: random.pick([0, 10, 30, 600]),
    will: random.chance(0.3) ? will(random, client) : null,
  };
}

function will(random: Random, client: number): ConnectStep["will"] {
  return {
    topic: ownTopic(random, client),
    qos: random.below(3) as QoS,
    retain: random.chance(0.2),
    delaySeconds: random.pick([0, 0, 2, 20, 200]),
    expirySeconds: random.chance(0.1) ? 10 : null,
  };
}

/** Mostly one that the client may publish to. */
function ownTopic(random: Random, client: number): string {
  const device = actors[client]?.device ?? null;
  if (device === null || random.chance(0.12)) return random.pick(topics);
  return random.pick(["shared/a", "shared/b", `devices/${deviceIds[device]}/x`]);
}

function subscribe(random: Random, client: number): Undated {
  const device = actors[client]?.device ?? null;
  const isOwn = device !== null && random.chance(0.75);
  const own = filters.filter((filter) => /^(\$share\/.\/)?shared\//.test(filter));
  const filter = isOwn ? random.pick([...own, `devices/${deviceIds[device]}/#`]) : random.pick(filters);
  return {
    do: "subscribe",
    client,
    subscriptionId: random.chance(0.3) ? random.pick([1, 7, 200, 268_435_455]) : null,
    request: {
      filter,
      qos: random.pick([0, 1, 1, 2, 2]) as QoS,
      noLocal: !filter.startsWith("$share/") && random.chance(0.15),
      retainAsPublished: random.chance(0.2),
      retainHandling: random.pick([0, 0, 1, 2]) as 0 | 1 | 2,
    },
  };
}

function publish(random: Random, client: number): PublishStep {
  return {
    do: "publish",
    client,
    topic: ownTopic(random, client),
    qos: random.pick([0, 1, 1, 2, 2]) as QoS,
    retain: random.chance(0.15),
    expirySeconds: random.chance(0.1) ? random.pick([1, 5, 60]) : null,
    isEmpty: random.chance(0.03),
    padding: random.chance(0.04) ? random.pick([30, 30, 5000]) : 0,
    count: random.pick([1, 1, 1, 2, 4]),
    withAlias: random.chance(0.15),
  };
}
