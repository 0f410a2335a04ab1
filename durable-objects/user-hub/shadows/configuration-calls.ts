// Configurations as the API asks for them: tried on every device they are meant for, kept, and told, in one event. Answers are JSON text.
import type { ConfigurationCall } from "../../../src/domain/configurations/configuration.ts";
import type { CredentialState } from "../../../src/domain/credentials.ts";
import type { Result } from "../../../src/errors.ts";
import type { PartContext } from "../part.ts";
import { ConfigurationsTable } from "../tables/configurations.ts";
import { CredentialsTable } from "../tables/credentials.ts";
import type { Sql } from "../tables/sql.ts";
import { ConfigurationBook } from "./configuration-book.ts";
import { type ChangingCall, json, noConfiguration, type Plan, planOf } from "./configuration-plan.ts";
import { statusOf } from "./configuration-status.ts";
import { ConfigurationTrials, type Trial } from "./configuration-trials.ts";
import { Configurator } from "./configurator.ts";
import type { FaultOf, ShadowKeeper } from "./shadow-keeper.ts";
import type { ShadowVoice } from "./shadow-voice.ts";

export class Configurations {
  readonly #context: PartContext;
  readonly #changed: () => void;
  readonly #table: ConfigurationsTable;
  readonly #credentials: CredentialsTable;
  readonly #book: ConfigurationBook;
  readonly #trials = new ConfigurationTrials();
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
    const trials = this.#trials;
    this.#keeper = keeper;
    keeper.shadows.changed = (deviceId) => trials.deviceChanged(deviceId);
    this.#configurator = new Configurator({ context, book, table, credentials, keeper, voice, trials });
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

  /**
   * Tries a change on some more devices, if it is one; true: there are more. To be asked until there are none, in events of their own,
   * before `answer`, which then has little left to try.
   */
  prepare(call: ConfigurationCall): boolean {
    if (!isChanging(call)) return false;
    const trial = this.#trialOf(call);
    const { change } = trial.plan;
    if (!change || trial.after === null) return false;
    this.#book.trying(change.target, change.configuration, () => this.#configurator.try(change.target, trial));
    return trial.after !== null;
  }

  answer(call: ConfigurationCall): Result<string> {
    if (call.type === "list") return json(this.#book.all());
    if (call.type === "checkDevice") return this.#checkDevice(call);
    if (isChanging(call)) {
      const { plan, passed } = this.#trialOf(call);
      this.#trials.end(call);
      return this.#make(plan, passed);
    }
    const present = this.#book.get(call.id);
    if (!present) return noConfiguration.answer;
    if (call.type === "get") return json(present);
    if (call.type === "history") return json(this.#table.history(present.id));
    const [context, book, keeper] = [this.#context, this.#book, this.#keeper];
    return json(statusOf(present, this.#configurator.under(present), { context, book, keeper }));
  }

  #trialOf(call: ChangingCall): Trial {
    return this.#trials.get(call) ?? this.#trials.begin(call, planOf(call, this.#book, this.#table));
  }

  /** Valid for all devices, kept and told, or nothing of it. */
  #make({ change, answer }: Plan, passed: ReadonlySet<string>): Result<string> {
    if (!change) return answer;
    const { id, target, configuration, author } = change;
    const fault = this.#book.trying(target, configuration, () => this.#configurator.firstFault(target, passed));
    if (fault !== null) return { ok: false, code: "bad_request", message: `This is not valid for ${fault}` };
    const present = this.#book.get(id);
    if (configuration) this.#book.write(configuration);
    else if (present) this.#book.delete(present);
    this.#trials.configurationsChanged();
    this.#configurator.begin(id, { ...target, author });
    this.#changed();
    return answer;
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

function isChanging(call: ConfigurationCall): call is ChangingCall {
  return call.type === "create" || call.type === "change" || call.type === "rollback" || call.type === "delete";
}
