// The configurations of models and tags, and what they come to for a device. sqlite: everything; memory: all of it, from the first use
// after a wake on.
import type { Configuration, ConfigurationTarget } from "../../../src/domain/configurations/configuration.ts";
import { layered } from "../../../src/domain/configurations/layers.ts";
import { type Check, readCheck } from "../../../src/domain/configurations/schema.ts";
import type { DeviceFacts } from "../../../src/domain/credentials.ts";
import type { Values } from "../../../src/domain/shadow/document.ts";
import type { ConfigurationsTable } from "../tables/configurations.ts";

/** What a device goes by. */
export type Place = Pick<DeviceFacts, "model" | "tags">;

/** Models with their tags whose layers are remembered. */
const rememberedLayers = 200;

type ByTarget = ReadonlyMap<string, Configuration>;

function keyOf({ kind, key, shadowName }: ConfigurationTarget): string {
  return JSON.stringify([kind, key, shadowName]);
}

export function isMeant({ kind, key }: ConfigurationTarget, { model, tags }: Place): boolean {
  return kind === "model" ? model === key : tags.includes(key);
}

/** Those that a device is under, in the order in which they are laid over one another: its model's, then its tags' by name. */
function above(all: ByTarget, { model, tags }: Place, shadowName: string | null): Configuration[] {
  const targets: ConfigurationTarget[] = tags.toSorted().map((key) => ({ kind: "tag", key, shadowName }));
  if (model !== null) targets.unshift({ kind: "model", key: model, shadowName });
  return targets.flatMap((target) => all.get(keyOf(target)) ?? []);
}

export class ConfigurationBook {
  readonly #table: ConfigurationsTable;
  #all: Map<string, Configuration> | null = null;
  /** By configuration, as long as it stays. */
  readonly #checks = new WeakMap<Configuration, ReturnType<typeof readCheck>>();
  /** What models and tags come to, by both; as long as all stays. */
  readonly #layers = new Map<string, Values>();
  /** Of checks since the hub woke, about microseconds. memory. */
  effort = 0;
  /** Seen instead of what is in force while a change is tried. */
  #tried: ByTarget | null = null;

  constructor(table: ConfigurationsTable) {
    this.#table = table;
  }

  get #byTarget(): ByTarget {
    return this.#tried ?? this.#loaded;
  }

  get #loaded(): Map<string, Configuration> {
    return (this.#all ??= new Map(this.#table.all().map((each) => [keyOf(each), each])));
  }

  /** The oldest first. */
  all(): Configuration[] {
    return [...this.#loaded.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  get(id: string): Configuration | null {
    return this.all().find((each) => each.id === id) ?? null;
  }

  at(target: ConfigurationTarget): Configuration | null {
    return this.#loaded.get(keyOf(target)) ?? null;
  }

  write(configuration: Configuration): void {
    this.#table.write(configuration);
    this.#loaded.set(keyOf(configuration), configuration);
    this.#layers.clear();
  }

  delete(configuration: Configuration): void {
    this.#table.delete(configuration.id);
    this.#loaded.delete(keyOf(configuration));
    this.#layers.clear();
  }

  /** Answers what `act` asks as if this were in force; null: as if there were none at `target`. Changes nothing. */
  trying<T>(target: ConfigurationTarget, configuration: Configuration | null, act: () => T): T {
    const tried = new Map(this.#loaded);
    if (configuration) tried.set(keyOf(target), configuration);
    else tried.delete(keyOf(target));
    this.#tried = tried;
    this.#layers.clear();
    try {
      return act();
    } finally {
      this.#tried = null;
      this.#layers.clear();
    }
  }

  /** The shadows that anything is desired of. */
  shadowNames(): Set<string | null> {
    return new Set([...this.#byTarget.values()].map(({ shadowName }) => shadowName));
  }

  layerFor(place: Place, shadowName: string | null): Values {
    const key = JSON.stringify([place.model, place.tags, shadowName]);
    const known = this.#layers.get(key);
    if (known) return known;
    if (this.#layers.size >= rememberedLayers) this.#layers.clear();
    const layer = layered(above(this.#byTarget, place, shadowName).map(({ desired }) => desired));
    this.#layers.set(key, layer);
    return layer;
  }

  /** The configuration in whose name a device is told what it comes under: the last that speaks. */
  lastFor(place: Place, shadowName: string | null): string | null {
    return above(this.#byTarget, place, shadowName).at(-1)?.id ?? null;
  }

  get isWithoutSchemas(): boolean {
    return ![...this.#byTarget.values()].some(({ schema }) => schema !== null);
  }

  /** How often devices of the model that poll are to check in; null: it does not say. */
  checkInSecondsOf(model: string | null): number | null {
    if (model === null) return null;
    return this.#byTarget.get(keyOf({ kind: "model", key: model, shadowName: null }))?.checkInSeconds ?? null;
  }

  /** What checks all that is desired of a device, and the model it is for. */
  checkFor({ model }: Place, shadowName: string | null): { check: Check; model: string } | null {
    const found = model === null ? undefined : this.#byTarget.get(keyOf({ kind: "model", key: model, shadowName }));
    const read = found && this.#checkOf(found);
    return read && "check" in read && model !== null ? { check: read.check, model } : null;
  }

  /** Why the schema is not applied, or null. One was taken once that would not be today: better none than one that stops the hub. */
  schemaFaultOf(configuration: Configuration): string | null {
    const read = this.#checkOf(configuration);
    return read && "fault" in read ? read.fault : null;
  }

  #checkOf(configuration: Configuration): ReturnType<typeof readCheck> | null {
    const { id, schema } = configuration;
    if (schema === null) return null;
    const known = this.#checks.get(configuration);
    if (known) return known;
    const read = readCheck(schema, (effort) => (this.effort += effort));
    this.#checks.set(configuration, read);
    if ("fault" in read) console.warn(JSON.stringify({ event: "hub.configuration.schema", id, reason: read.fault }));
    return read;
  }
}
