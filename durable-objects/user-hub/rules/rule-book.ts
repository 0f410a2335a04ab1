// The rules of a hub, and which of them are about what. sqlite: `rules`; memory: read when the hub wakes, the lists made from it.
import { deletedVersion, type DeviceFacts } from "../../../src/domain/credentials.ts";
import { deviceOf, type Rule, type StreamTrigger } from "../../../src/domain/rules/rule.ts";
import { CredentialsTable } from "../tables/credentials.ts";
import { RulesTable } from "../tables/rules.ts";
import type { Sql } from "../tables/sql.ts";

export type StreamRule = Rule & { trigger: StreamTrigger };

export class RuleBook {
  readonly #table: RulesTable;
  readonly #credentials: CredentialsTable;
  readonly #rules: Map<string, Rule>;
  /** Of enabled rules: the devices each is about. */
  readonly #members = new Map<string, readonly string[]>();
  /** By `{deviceId}/{stream}`. */
  readonly byStream = new Map<string, StreamRule[]>();
  /** By device. */
  readonly byPresence = new Map<string, Rule[]>();

  constructor(sql: Sql) {
    this.#table = new RulesTable(sql);
    this.#credentials = new CredentialsTable(sql);
    this.#rules = new Map(this.#table.all().map((rule) => [rule.id, rule]));
    this.arrange();
  }

  get size(): number {
    return this.#rules.size;
  }

  get(id: string): Rule | null {
    return this.#rules.get(id) ?? null;
  }

  all(): Iterable<Rule> {
    return this.#rules.values();
  }

  /** Whoever writes or deletes then has the lists arranged. */
  write(rule: Rule): void {
    this.#table.write(rule);
    this.#rules.set(rule.id, rule);
  }

  delete(id: string): void {
    this.#table.delete(id);
    this.#rules.delete(id);
  }

  /** The devices an enabled rule is about; none for a schedule. */
  membersOf(ruleId: string): readonly string[] {
    return this.#members.get(ruleId) ?? [];
  }

  /** Whether any rule goes by a tag, so that a changed device may come to be meant. */
  get asksForTags(): boolean {
    for (const rule of this.#rules.values()) if (tagOf(rule) !== null) return true;
    return false;
  }

  /** What its owner calls a device; null: not known. */
  aboutDevice(deviceId: string): DeviceFacts | null {
    return this.#credentials.read(deviceId)?.about ?? null;
  }

  /** A device a rule is about, also one that is disabled; null: there is none. */
  anyDeviceOf(rule: Rule): string | null {
    const choice = deviceOf(rule.trigger);
    if (!choice) return null;
    if ("deviceId" in choice) return choice.deviceId;
    return this.#taggedBy([choice.tag]).get(choice.tag)?.[0] ?? null;
  }

  /** Makes the lists anew, after rules or devices have changed. */
  arrange(): void {
    this.byStream.clear();
    this.byPresence.clear();
    this.#members.clear();
    const enabled = [...this.#rules.values()].filter((rule) => rule.enabled);
    const tagged = this.#taggedBy(enabled.flatMap((rule) => tagOf(rule) ?? []));
    for (const rule of enabled) {
      const choice = deviceOf(rule.trigger);
      if (!choice) continue;
      const members = "deviceId" in choice ? this.#unlessDeleted(choice.deviceId) : (tagged.get(choice.tag) ?? []);
      this.#members.set(rule.id, members);
      for (const deviceId of members) {
        if (isStreamRule(rule)) add(this.byStream, `${deviceId}/${rule.trigger.stream}`, rule);
        else add(this.byPresence, deviceId, rule);
      }
    }
  }

  #unlessDeleted(deviceId: string): string[] {
    return this.#credentials.read(deviceId)?.version === deletedVersion ? [] : [deviceId];
  }

  /** Devices by tag, of these tags. Reads a row for each device, if there is a tag to look for. */
  #taggedBy(tags: readonly string[]): Map<string, string[]> {
    const found = new Map<string, string[]>(tags.map((tag) => [tag, []]));
    if (found.size === 0) return found;
    for (const { deviceId, about } of this.#credentials.facts()) {
      for (const tag of about?.tags ?? []) found.get(tag)?.push(deviceId);
    }
    return found;
  }
}

export function isStreamRule(rule: Rule): rule is StreamRule {
  return rule.trigger.type === "stream";
}

function tagOf({ trigger }: Rule): string | null {
  const choice = deviceOf(trigger);
  return choice && "tag" in choice ? choice.tag : null;
}

function add<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
