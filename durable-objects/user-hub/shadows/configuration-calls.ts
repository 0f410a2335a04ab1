// Configurations as the API asks for them: tried on every device they are meant for, kept, and told, in one event. Answers are JSON text.
import {
  type Configuration,
  type ConfigurationCall,
  type ConfigurationContent,
  type ConfigurationTarget,
  maxConfigurations,
} from "../../../src/domain/configurations/configuration.ts";
import type { CredentialState } from "../../../src/domain/credentials.ts";
import { isSame } from "../../../src/domain/shadow/document.ts";
import type { Result } from "../../../src/errors.ts";
import type { PartContext } from "../part.ts";
import { ConfigurationsTable } from "../tables/configurations.ts";
import { CredentialsTable } from "../tables/credentials.ts";
import type { Sql } from "../tables/sql.ts";
import { ConfigurationBook } from "./configuration-book.ts";
import { statusOf } from "./configuration-status.ts";
import { Configurator } from "./configurator.ts";
import type { FaultOf, ShadowKeeper } from "./shadow-keeper.ts";
import type { ShadowVoice } from "./shadow-voice.ts";

type Refused = Extract<Result<string>, { ok: false }>;

const noConfiguration: Refused = { ok: false, code: "not_found", message: "There is no such configuration." };

export class Configurations {
  readonly #context: PartContext;
  readonly #changed: () => void;
  readonly #table: ConfigurationsTable;
  readonly #credentials: CredentialsTable;
  readonly #book: ConfigurationBook;
  #keeper!: ShadowKeeper;
  #configurator!: Configurator;

  /** `changed` is told of every change. */
  constructor(context: PartContext, sql: Sql, changed: () => void) {
    this.#context = context;
    this.#changed = changed;
    this.#table = new ConfigurationsTable(sql);
    this.#credentials = new CredentialsTable(sql);
    this.#book = new ConfigurationBook(this.#table);
  }

  /** Keeper and configurations need one another: the one asks what is valid, the others change shadows. */
  start(keeper: ShadowKeeper, voice: ShadowVoice): void {
    const [context, book, table, credentials] = [this.#context, this.#book, this.#table, this.#credentials];
    this.#keeper = keeper;
    this.#configurator = new Configurator({ context, book, table, credentials, keeper, voice });
  }

  readonly faultOf: FaultOf = (ref, desired) => this.#configurator.faultOf(ref, desired);

  checkInSecondsOf(model: string | null): number | null {
    return this.#book.checkInSecondsOf(model);
  }

  due(now: number): number | null {
    return this.#configurator.due(now);
  }

  credentialsChanged(states: readonly CredentialState[], author: string | null = null): void {
    this.#configurator.credentialsChanged(states, author);
  }

  answer(call: ConfigurationCall): Result<string> {
    if (call.type === "list") return json(this.#book.all());
    if (call.type === "create") return this.#create(call.configuration);
    if (call.type === "checkDevice") return this.#checkDevice(call);
    const present = this.#book.get(call.id);
    if (!present) return noConfiguration;
    switch (call.type) {
      case "get":
        return json(present);
      case "change":
        if (call.version !== null && call.version !== present.version) {
          return json({ configuration: present, isAtVersion: false });
        }
        return this.#change(present, call.change, call);
      case "rollback":
        return this.#rollBack(present, call);
      case "delete":
        return this.#replace(present, null, call.author) ?? json(null);
      case "history":
        return json(this.#table.history(present.id));
      case "status":
        return json(
          statusOf(present, this.#configurator.under(present), {
            context: this.#context,
            book: this.#book,
            keeper: this.#keeper,
          }),
        );
    }
  }

  #create(configuration: Configuration): Result<string> {
    if (this.#book.at(configuration)) {
      const message = `The ${configuration.kind} ${configuration.key} has a configuration of this shadow. Change that one.`;
      return { ok: false, code: "conflict", message };
    }
    if (this.#book.all().length >= maxConfigurations) {
      const message = `There are at most ${maxConfigurations} configurations. Delete one first.`;
      return { ok: false, code: "quota_exceeded", message };
    }
    return this.#replace(configuration, configuration, configuration.author) ?? json(configuration);
  }

  /** What says nothing new makes no version and writes nothing. */
  #change(
    present: Configuration,
    change: Partial<ConfigurationContent>,
    { author, now }: { author: string; now: number },
  ): Result<string> {
    const content = { ...present, ...change };
    if (isSame(content, present)) return json({ configuration: present, isAtVersion: true });
    const configuration = { ...content, version: present.version + 1, author, updatedAt: now };
    const refused = this.#replace(configuration, configuration, author);
    return refused ?? json({ configuration, isAtVersion: true });
  }

  #rollBack(present: Configuration, call: Extract<ConfigurationCall, { type: "rollback" }>): Result<string> {
    const was = this.#table.history(present.id).find(({ version }) => version === call.to);
    if (was) {
      const { desired, schema, checkInSeconds } = was;
      return this.#change(present, { desired, schema, checkInSeconds }, call);
    }
    return { ok: false, code: "not_found", message: `Version ${call.to} is not known any more.` };
  }

  /** `configuration` null: there is to be none any more. Answers null when done. */
  #replace(
    target: ConfigurationTarget & { id: string },
    configuration: Configuration | null,
    author: string,
  ): Refused | null {
    const { id, kind, key, shadowName } = target;
    const fault = this.#book.trying(target, configuration, () => this.#configurator.firstFault(target));
    if (fault !== null) return { ok: false, code: "bad_request", message: `This is not valid for ${fault}` };
    const present = this.#book.get(id);
    if (configuration) this.#book.write(configuration);
    else if (present) this.#book.delete(present);
    this.#configurator.begin(id, { kind, key, shadowName, author });
    this.#changed();
    return null;
  }

  #checkDevice({ deviceId, model, tags }: Extract<ConfigurationCall, { type: "checkDevice" }>): Result<string> {
    const about = this.#credentials.read(deviceId)?.about;
    if (!about) return json(null);
    const place = { model: model === undefined ? about.model : model, tags: tags ?? about.tags };
    for (const name of this.#book.shadowNames()) {
      const fault = this.#configurator.faultAt({ deviceId, name }, place);
      if (fault !== null)
        return { ok: false, code: "bad_request", message: `This is not valid for ${deviceId}: ${fault}` };
    }
    return json(null);
  }
}

function json(value: unknown): Result<string> {
  return { ok: true, value: JSON.stringify(value) };
}
