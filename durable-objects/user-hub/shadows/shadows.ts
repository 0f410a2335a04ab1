// Shadows over MQTT: answers requests, and tells a device that was away what is desired of it. Calls of the API are in
// shadow-calls.ts.
import type { DeviceTopic } from "../../../src/domain/device-topics.ts";
import { deleteAccepted, rejected, viewOf } from "../../../src/domain/shadow/answers.ts";
import { ShadowRefusal, shadowRefusals } from "../../../src/domain/shadow/refusal.ts";
import { readRequest, readUpdate } from "../../../src/domain/shadow/request.ts";
import {
  deltaTopicsUnder,
  devicesWithDeltaUnder,
  type ShadowOperation,
  type ShadowRef,
  shadowRequestOf,
} from "../../../src/domain/shadow/topics.ts";
import { matchesFilter } from "../../../src/domain/topics.ts";
import type { Message } from "../broker/message.ts";
import type { Connection } from "../connection.ts";
import type { Part, PartContext, TopicHandler } from "../part.ts";
import type { Sql } from "../tables/sql.ts";
import { Configurations } from "./configuration-calls.ts";
import { ShadowCalls } from "./shadow-calls.ts";
import { ShadowKeeper, type ShadowLimits } from "./shadow-keeper.ts";
import { ShadowVoice } from "./shadow-voice.ts";

export class Shadows implements Part {
  readonly #context: PartContext;
  readonly #keeper: ShadowKeeper;
  readonly #voice: ShadowVoice;
  readonly calls: ShadowCalls;
  readonly configurations: Configurations;

  /** `configurationsChanged` is told when what is desired of a model or a tag has changed. */
  constructor(
    context: PartContext,
    { sql, limits, configurationsChanged }: { sql: Sql; limits: ShadowLimits; configurationsChanged: () => void },
  ) {
    this.#context = context;
    this.configurations = new Configurations(context, sql, configurationsChanged);
    this.#keeper = new ShadowKeeper(sql, limits, this.configurations.faultOf);
    this.#voice = new ShadowVoice(context);
    this.configurations.start(this.#keeper, this.#voice);
    this.calls = new ShadowCalls(context, this.#keeper, this.#voice);
  }

  due(now: number): number | null {
    return this.configurations.due(now);
  }

  handlerOf({ deviceId, path, prefix }: DeviceTopic): TopicHandler | null {
    const request = shadowRequestOf(path);
    if (!request) return null;
    const ref = { deviceId, name: request.name };
    return {
      received: (message, publisher) => this.#answer(ref, prefix, request.operation, message, publisher),
      keepsLast: true,
    };
  }

  /** The answer goes to the names under which the request came, and with its QoS. */
  #answer(
    ref: ShadowRef,
    prefix: string,
    operation: ShadowOperation,
    { payload, qos }: Message,
    publisher: Connection | null,
  ): void {
    const voice = this.#voice;
    try {
      if (operation === "update") this.#update(ref, prefix, { payload, qos }, publisher);
      else if (operation === "get") {
        const request = readRequest(payload);
        const view = viewOf(this.#keeper.get(ref, request), request, voice.second);
        voice.say(ref, [prefix], "get/accepted", view, qos);
      } else {
        const request = readRequest(payload);
        const { version } = this.#keeper.delete(ref, request, this.#context.now());
        voice.say(ref, [prefix], "delete/accepted", deleteAccepted(version, request, voice.second), qos);
      }
    } catch (error) {
      const refusal = error instanceof ShadowRefusal ? error : unexpected(error);
      voice.say(ref, [prefix], `${operation}/rejected`, rejected(refusal, voice.second), qos);
    }
  }

  #update(
    ref: ShadowRef,
    prefix: string,
    { payload, qos }: Pick<Message, "payload" | "qos">,
    publisher: Connection | null,
  ): void {
    const request = readUpdate(payload);
    this.#keeper.checkThing(ref.deviceId, request);
    const author = publisher?.state.client?.admission.holder.id ?? null;
    const updated = this.#keeper.update(ref, request, author, this.#context.now());
    this.#voice.sayUpdated(ref, [prefix], request, updated, qos);
  }

  /** Deltas, as if retained. */
  *stored(topicFilter: string): Iterable<Message> {
    const devices = devicesWithDeltaUnder(topicFilter);
    if (devices === null) return;
    for (const shadow of this.#keeper.shadows.differing(devices === "any" ? null : devices)) {
      for (const topic of deltaTopicsUnder(topicFilter, shadow)) {
        const message = this.#voice.storedDelta(shadow, topic);
        if (message) yield message;
      }
    }
  }

  /**
   * A session that went on without its connection need not subscribe again to get the delta. With QoS 0: if it is lost, it comes
   * again with the next connection, and no queue collects it.
   */
  connected({ state, session }: Connection): void {
    const holder = state.client?.admission.holder;
    if (holder?.kind !== "device" || !session || session.subscriptions.size === 0) return;
    const filters = [...session.subscriptions.keys()];
    for (const shadow of this.#keeper.shadows.differing(holder.id)) {
      const topics = deltaTopicsUnder("#", shadow).concat(deltaTopicsUnder("$aws/#", shadow));
      if (filters.some((filter) => topics.some((topic) => matchesFilter(filter, topic)))) {
        this.#voice.sayDelta(shadow, {}, 0);
      }
    }
  }
}

function unexpected(error: unknown): ShadowRefusal {
  const stack = String((error as Error | undefined)?.stack ?? error);
  console.error(JSON.stringify({ event: "hub.shadow.failed", error: stack }));
  return new ShadowRefusal(shadowRefusals.failed);
}
