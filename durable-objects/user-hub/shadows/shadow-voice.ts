// Says what became of a request: to whom it asked, and what changed to everybody who listens, under both names of the device.
import { deltaMessage, documentsMessage, updateAccepted } from "../../../src/domain/shadow/answers.ts";
import type { ShadowRequest, UpdateRequest } from "../../../src/domain/shadow/request.ts";
import { deltaPath, devicePrefixes, type ShadowRef, shadowTopic } from "../../../src/domain/shadow/topics.ts";
import { deltaOf } from "../../../src/domain/shadow/update.ts";
import type { QoS } from "../../../src/protocols/mqtt/publish.ts";
import { type Message, textMessage } from "../broker/message.ts";
import type { PartContext } from "../part.ts";
import type { StoredShadow } from "../tables/shadows.ts";
import type { Updated } from "./shadow-keeper.ts";

export class ShadowVoice {
  readonly #context: PartContext;
  constructor(context: PartContext) {
    this.#context = context;
  }

  /** `prefixes`: those of the names under which the request came. */
  say(ref: ShadowRef, prefixes: readonly string[], path: string, body: object, qos: QoS): void {
    const first = textMessage("", JSON.stringify(body), { qos, retain: false });
    for (const prefix of prefixes) {
      this.#context.say({ ...first, topic: shadowTopic(prefix, ref.name) + path });
    }
  }

  /** After an update: accepted, documents and delta, in AWS's order. */
  sayUpdated(ref: ShadowRef, prefixes: readonly string[], request: UpdateRequest, updated: Updated, qos: QoS): void {
    const { before, after, isChanged } = updated;
    const second = this.second;
    this.say(ref, prefixes, "update/accepted", updateAccepted(after, request, second), qos);
    const both = devicePrefixes(ref.deviceId);
    if (isChanged) this.say(ref, both, "update/documents", documentsMessage(before, after, request, second), qos);
    // While the device is away nobody's queue fills with deltas: it gets the one that holds when it is back.
    this.sayDelta(after, request, this.#context.isOnline(ref.deviceId) ? 1 : 0);
  }

  sayDelta(shadow: StoredShadow, request: ShadowRequest, qos: QoS): void {
    const body = this.#deltaOf(shadow, request);
    if (body) this.say(shadow, devicePrefixes(shadow.deviceId), deltaPath, body, qos);
  }

  /** The delta as a new subscriber finds it. */
  storedDelta(shadow: StoredShadow, topic: string): Message | null {
    const body = this.#deltaOf(shadow, {});
    return body && textMessage(topic, JSON.stringify(body), { qos: 1, retain: true });
  }

  #deltaOf(shadow: StoredShadow, request: ShadowRequest): object | null {
    const delta = deltaOf(shadow);
    return delta && deltaMessage(delta, shadow.version, request, this.second);
  }

  get second(): number {
    return Math.floor(this.#context.now() / 1000);
  }
}
