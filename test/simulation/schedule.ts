// A schedule: what is done to a hub and by its clients, step by step. Made from a seed, printed when it fails.
import type { QoS, SubscriptionRequest, Version } from "./packets.ts";
import type { Settings } from "./hub.ts";

export interface ConnectStep {
  do: "connect";
  client: number;
  cleanStart: boolean;
  sessionExpirySeconds: number;
  receiveMaximum: number | null;
  maximumPacketBytes: number | null;
  topicAliasMaximum: number;
  keepAliveSeconds: number;
  will: {
    topic: string;
    qos: QoS;
    retain: boolean;
    delaySeconds: number;
    expirySeconds: number | null;
  } | null;
}

export interface PublishStep {
  do: "publish";
  client: number;
  topic: string;
  qos: QoS;
  retain: boolean;
  expirySeconds: number | null;
  /** An empty payload: removes what is retained. */
  isEmpty: boolean;
  /** Bytes added to the payload. */
  padding: number;
  count: number;
  withAlias: boolean;
}

export type Step = { afterMs: number } & (
  | ConnectStep
  | PublishStep
  | { do: "subscribe"; client: number; subscriptionId: number | null; request: SubscriptionRequest }
  | { do: "hoard"; client: number; filters: number; messages: number; length: number }
  | { do: "unsubscribe"; client: number; filter: string }
  | { do: "disconnect"; client: number; withWill: boolean; sessionExpirySeconds: number | null }
  /** The connection breaks; of what was under way, these shares still arrive. */
  | { do: "break"; client: number; upShare: number; downShare: number; hubNotices: boolean }
  /** Reads on, but acknowledges nothing until it resumes. */
  | { do: "pause" | "resume"; client: number }
  | { do: "evict" }
  | { do: "crash"; when: "now" | "before the commit" | "after the commit"; share: number }
  | { do: "publish by API"; topic: string; qos: 0 | 1; retain: boolean }
  | { do: "revoke" | "readmit"; device: number }
  | { do: "grant"; device: number; grants: "none" | "free" | "everything" }
  | { do: "ask presence"; device: number }
);

export interface Schedule {
  seed: number;
  versions: Version[];
  /** Where they differ from the roomy ones. */
  limits: Partial<Settings>;
  steps: Step[];
}

export const grantsByName = {
  none: { publish: [], subscribe: [] },
  free: { publish: ["free/#"], subscribe: ["free/#"] },
  everything: { publish: ["#"], subscribe: ["#"] },
};

/** One line a step; what has its usual value is left out. */
export function describe({ seed, versions, limits, steps }: Schedule): string {
  const lines = steps.map(({ afterMs, do: what, ...rest }) => {
    const said = Object.entries(rest).filter(([, value]) => value !== null && value !== false && value !== 0);
    const client = "client" in rest ? ` ${rest.client}` : "";
    const others = said.filter(([key]) => key !== "client").map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    return `  +${afterMs} ms: ${what}${client} ${others.join(" ")}`.trimEnd();
  });
  const head = `seed ${seed}, MQTT ${versions.join(" ")}${Object.keys(limits).length > 0 ? `, ${JSON.stringify(limits)}` : ""}`;
  return [head, ...lines].join("\n");
}
