// What is desired of the devices of a model or with a tag: a row each, the last changes in a ring, and how far each change has come.
import {
  type Configuration,
  type ConfigurationChange,
  type ConfigurationTarget,
  keptConfigurationChanges,
} from "../../../src/domain/configurations/configuration.ts";
import type { Sql } from "./sql.ts";

/** `configuration`, `change` and `target` are JSON. A pass is there until all devices were told; `after`: the last that was. */
export const createConfigurations = [
  `CREATE TABLE configurations (id TEXT PRIMARY KEY, configuration TEXT NOT NULL) WITHOUT ROWID`,
  `CREATE TABLE configuration_changes (
  id TEXT NOT NULL,
  slot INTEGER NOT NULL,
  change TEXT NOT NULL,
  PRIMARY KEY (id, slot)
) WITHOUT ROWID`,
  `CREATE TABLE configuration_passes (id TEXT PRIMARY KEY, target TEXT NOT NULL, after TEXT NOT NULL) WITHOUT ROWID`,
];

export interface ConfigurationPass {
  id: string;
  /** With whoever made the change; null: a pass from before that was kept. A device: it may have come under others. */
  target: (ConfigurationTarget | { kind: "device"; key: string; shadowName: null }) & { author: string | null };
  after: string;
}

export class ConfigurationsTable {
  readonly #sql: Sql;
  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /** The oldest first. */
  all(): Configuration[] {
    const rows = this.#sql.exec<{ configuration: string }>("SELECT configuration FROM configurations ORDER BY id");
    return rows.toArray().map((row) => JSON.parse(row.configuration) as Configuration);
  }

  /** With its place in the history. */
  write(configuration: Configuration): void {
    const { id, version, author, updatedAt: changedAt, desired, schema, checkInSeconds } = configuration;
    this.#sql.exec(
      "INSERT INTO configurations VALUES (?, ?) ON CONFLICT DO UPDATE SET configuration = excluded.configuration",
      id,
      JSON.stringify(configuration),
    );
    this.#sql.exec(
      "INSERT INTO configuration_changes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET change = excluded.change",
      id,
      version % keptConfigurationChanges,
      JSON.stringify({ version, author, changedAt, desired, schema, checkInSeconds } satisfies ConfigurationChange),
    );
  }

  /** The latest first. */
  history(id: string): ConfigurationChange[] {
    const rows = this.#sql.exec<{ change: string }>("SELECT change FROM configuration_changes WHERE id = ?", id);
    const changes = rows.toArray().map(({ change }) => JSON.parse(change) as ConfigurationChange);
    return changes.toSorted((a, b) => b.version - a.version);
  }

  delete(id: string): void {
    this.#sql.exec("DELETE FROM configurations WHERE id = ?", id);
    this.#sql.exec("DELETE FROM configuration_changes WHERE id = ?", id);
  }

  passes(): ConfigurationPass[] {
    const rows = this.#sql.exec<{ id: string; target: string; after: string }>("SELECT * FROM configuration_passes");
    return rows
      .toArray()
      .map((row) => ({ ...row, target: { author: null, ...(JSON.parse(row.target) as ConfigurationTarget) } }));
  }

  writePass({ id, target, after }: ConfigurationPass): void {
    this.#sql.exec(
      "INSERT INTO configuration_passes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET target = excluded.target, after = excluded.after",
      id,
      JSON.stringify(target),
      after,
    );
  }

  deletePass(id: string): void {
    this.#sql.exec("DELETE FROM configuration_passes WHERE id = ?", id);
  }
}
