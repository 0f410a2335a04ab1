// The parts of a hub, in the order in which they are asked about a topic.
import type { BrokerSettings } from "./broker/settings.ts";
import { maxShadowsPerDevice } from "./limits.ts";
import type { Part, PartContext } from "./part.ts";
import type { ShadowCalls } from "./shadows/shadow-calls.ts";
import { Shadows } from "./shadows/shadows.ts";
import { type StreamSettings, Streams } from "./streams/streams.ts";
import type { Sql } from "./tables/sql.ts";

/** Those that calls from outside go to. */
export interface PartHandles {
  shadows: ShadowCalls;
  streams: Streams;
}

/** What a deployment decides about the broker and about its parts. */
export type PartSettings = BrokerSettings & StreamSettings;

export interface PartOptions {
  sql: Sql;
  settings: PartSettings;
  /** Is given the handles when the parts are made. */
  keep?: (handles: PartHandles) => void;
}

export function makeParts({ sql, settings, keep }: PartOptions): (context: PartContext) => Part[] {
  return (context) => {
    const streams = new Streams(context, sql, settings);
    const shadows = new Shadows(context, { sql, limits: { ...settings, maxShadowsPerDevice } });
    keep?.({ shadows: shadows.calls, streams });
    return [streams, shadows];
  };
}
