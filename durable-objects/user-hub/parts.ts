// The parts of a hub, in the order in which they are asked about a topic.
import type { BrokerSettings } from "./broker/settings.ts";
import type { Part, PartContext } from "./part.ts";
import type { Sql } from "./tables/sql.ts";

/** Those that calls from outside go to. */
// oxlint-disable-next-line typescript/no-empty-object-type -- a line for each part that has such calls
export interface PartHandles {}

export interface PartOptions {
  sql: Sql;
  settings: BrokerSettings;
  /** Is given the handles when the parts are made. */
  keep?: (handles: PartHandles) => void;
}

export function makeParts({ keep }: PartOptions): (context: PartContext) => Part[] {
  return () => {
    keep?.({});
    return [];
  };
}
