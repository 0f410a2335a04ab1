// Makes what models and tags desire the desire of each device, as ordinary updates of its shadows: some devices at once, the others by
// the alarm. sqlite: the passes that are not over, and in each shadow what it was last given.
import type { ConfigurationTarget } from "../../../src/domain/configurations/configuration.ts";
import { layerPatch } from "../../../src/domain/configurations/layers.ts";
import type { CredentialState } from "../../../src/domain/credentials.ts";
import { emptySections, isSame, isTooLarge, type Values } from "../../../src/domain/shadow/document.ts";
import { ShadowRefusal, shadowRefusals } from "../../../src/domain/shadow/refusal.ts";
import { devicePrefixes, type ShadowRef } from "../../../src/domain/shadow/topics.ts";
import { applyUpdate } from "../../../src/domain/shadow/update.ts";
import type { PartContext } from "../part.ts";
import type { ConfigurationPass, ConfigurationsTable } from "../tables/configurations.ts";
import type { CredentialsTable } from "../tables/credentials.ts";
import { type ConfigurationBook, isMeant, type Place } from "./configuration-book.ts";
import type { ConfigurationTrials, Trial } from "./configuration-trials.ts";
import type { ShadowKeeper } from "./shadow-keeper.ts";
import type { ShadowVoice } from "./shadow-voice.ts";
import { Slice } from "./slice.ts";

/** Read and written, they take about a microsecond: documents with their stamps, and what is told of them. */
const charactersPerWork = 30;
/** Devices that are looked at in one query. */
const pageSize = 200;

/** Who made a change, as far as that is known, and in which configuration's name devices are told. */
interface By {
  author: string | null;
  configurationId: string | null;
}

export interface ConfiguratorOptions {
  context: PartContext;
  book: ConfigurationBook;
  table: ConfigurationsTable;
  credentials: CredentialsTable;
  keeper: ShadowKeeper;
  voice: ShadowVoice;
  trials: ConfigurationTrials;
}

export class Configurator {
  readonly #options: ConfiguratorOptions;
  /** By the configuration whose change is under way. */
  readonly #passes: Map<string, ConfigurationPass>;

  constructor(options: ConfiguratorOptions) {
    this.#options = options;
    this.#passes = new Map(options.table.passes().map((pass) => [pass.id, pass]));
  }

  /** Tells the devices that something has changed for. Begins anew if an earlier change is still under way. */
  begin(id: string, target: ConfigurationTarget & { author: string }): void {
    this.#step({ id, target, after: "" }, this.#slice());
  }

  due(now: number): number | null {
    const slice = this.#slice();
    for (const pass of Array.from(this.#passes.values())) {
      if (slice.isSpent) break;
      this.#step(pass, slice);
    }
    return this.#passes.size > 0 ? now + 1 : null;
  }

  #slice(): Slice {
    const { book, keeper } = this.#options;
    return new Slice(() => keeper.shadows.moved / charactersPerWork + book.effort);
  }

  /** Whatever is left of it goes on with the next alarm. */
  #goOn(pass: ConfigurationPass): void {
    const { context, table } = this.#options;
    this.#passes.set(pass.id, pass);
    table.writePass(pass);
    context.wakeAt(context.now() + 1);
  }

  #end(id: string): void {
    if (this.#passes.delete(id)) this.#options.table.deletePass(id);
  }

  #step({ id, target, after }: ConfigurationPass, slice: Slice): void {
    if (target.kind === "device") {
      this.#settle(target.key, target.author, slice);
      return this.#end(id);
    }
    const by = { author: target.author, configurationId: id };
    for (const { deviceId, place } of this.#devices(after)) {
      if (slice.isSpent) return this.#goOn({ id, target, after });
      slice.look();
      after = deviceId;
      if (!place || !isMeant(target, place)) continue;
      if (this.#apply({ deviceId, name: target.shadowName }, place, by)) slice.told++;
    }
    this.#end(id);
  }

  /** The devices with a credential after this one, by id; what they go by, as far as that is known. */
  *#devices(after: string): Iterable<{ deviceId: string; place: Place | null }> {
    for (;;) {
      const page = [...this.#options.credentials.facts(after === "" ? undefined : after, pageSize)];
      for (const { deviceId, about } of page) yield { deviceId, place: about };
      const last = page.at(-1);
      if (!last || page.length < pageSize) return;
      after = last.deviceId;
    }
  }

  /** The devices that a configuration is meant for. */
  *under(target: ConfigurationTarget): Iterable<{ deviceId: string; place: Place }> {
    for (const { deviceId, place } of this.#devices("")) if (place && isMeant(target, place)) yield { deviceId, place };
  }

  /** Devices may have come under other configurations; `author`: who made it so, null if that is not known. */
  credentialsChanged(states: readonly CredentialState[], author: string | null): void {
    const slice = this.#slice();
    for (const { subject } of states) {
      if (!subject.startsWith("dev_")) continue;
      this.#options.trials.deviceChanged(subject);
      if (!slice.isSpent) this.#settle(subject, author, slice);
      else this.#goOn({ id: subject, target: { kind: "device", key: subject, shadowName: null, author }, after: "" });
    }
  }

  /** Tells a device what it is under now, in all its shadows. */
  #settle(deviceId: string, author: string | null, slice: Slice): void {
    const { book, credentials, keeper } = this.#options;
    const state = credentials.read(deviceId);
    if (!state?.about || state.gen === null) return;
    const given = keeper.shadows.ofDevice(deviceId).filter(({ layer }) => layer !== null);
    for (const name of new Set([...book.shadowNames(), ...given.map((shadow) => shadow.name)])) {
      const by = { author, configurationId: book.lastFor(state.about, name) };
      if (this.#apply({ deviceId, name }, state.about, by)) slice.told++;
    }
  }

  /** Tries what is in force on some more devices. A fault is not told here, but ends the trial. */
  try(target: ConfigurationTarget, trial: Trial): void {
    const slice = this.#slice();
    for (const { deviceId, place } of this.#devices(trial.after ?? "")) {
      if (slice.isSpent) return;
      slice.look();
      trial.after = deviceId;
      if (!place || !isMeant(target, place)) continue;
      if (this.faultAt({ deviceId, name: target.shadowName }, place) !== null) break;
      trial.passed.add(deviceId);
    }
    trial.after = null;
  }

  /**
   * Why some device may not be told all that would be desired of it then, or null: the first of them, and the reason. `passed`: devices
   * for which it is known to be valid.
   */
  firstFault(target: ConfigurationTarget, passed: ReadonlySet<string>): string | null {
    for (const { deviceId, place } of this.under(target)) {
      if (passed.has(deviceId)) continue;
      const fault = this.faultAt({ deviceId, name: target.shadowName }, place);
      if (fault !== null) return `${deviceId}: ${fault}`;
    }
    return null;
  }

  /** What would be wrong with all that is desired of a device in this place, or null. */
  faultAt(ref: ShadowRef, place: Place): string | null {
    const { context, book, keeper } = this.#options;
    const shadow = keeper.find(ref);
    const present = shadow?.desired?.values ?? {};
    const desired = layerPatch(shadow?.layer ?? {}, book.layerFor(place, ref.name), present);
    const sections = applyUpdate(shadow ?? emptySections, { desired }, Math.floor(context.now() / 1000));
    if (sections.desired && isTooLarge(sections)) return shadowRefusals.tooLarge[1];
    return sections.desired && this.#faultOf(ref, place, sections.desired.values);
  }

  /** What is wrong with all that is to be desired of a device where it is, or null. */
  faultOf(ref: ShadowRef, desired: Values): string | null {
    const { book, credentials } = this.#options;
    if (book.isWithoutSchemas) return null;
    const place = credentials.read(ref.deviceId)?.about;
    return place ? this.#faultOf(ref, place, desired) : null;
  }

  #faultOf({ name }: ShadowRef, place: Place, desired: Values): string | null {
    const found = this.#options.book.checkFor(place, name);
    const fault = found && found.check(desired);
    return fault && `Desired state does not fit the schema of model ${found.model}: ${fault}`;
  }

  /** Whether there was something to do. A device for which it would not be valid stays as it is, and is shown as pending. */
  #apply(ref: ShadowRef, place: Place, { author, configurationId }: By): boolean {
    const { context, book, keeper, voice } = this.#options;
    const layer = book.layerFor(place, ref.name);
    const shadow = keeper.find(ref);
    const before = shadow?.layer ?? {};
    if (isSame(before, layer)) return false;
    const desired = layerPatch(before, layer, shadow?.desired?.values ?? {});
    if (Object.keys(desired).length === 0) {
      if (shadow) keeper.remember(shadow, layer);
      return true;
    }
    const request = { state: { desired }, version: null };
    try {
      const updated = keeper.update(ref, request, author, context.now(), { layer, configurationId });
      if (!updated.isChanged) keeper.remember(updated.after, layer);
      else voice.sayUpdated(ref, devicePrefixes(ref.deviceId), request, updated, 1);
    } catch (error) {
      if (!(error instanceof ShadowRefusal)) throw error;
      const line = {
        event: "hub.configuration.refused",
        deviceId: ref.deviceId,
        configurationId,
        reason: error.message,
      };
      console.warn(JSON.stringify(line));
    }
    return true;
  }
}
