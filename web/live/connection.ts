// An MQTT connection of the page to a hub: opened by the first subscriber, made anew with a fresh token after each loss. mqtt.js is
// loaded when it is needed.
import type { MqttClient } from "mqtt";
import { ref, watch } from "vue";
import { matches } from "./topic-filter.ts";

export type LiveState = "off" | "connecting" | "online" | "offline";

export interface LiveMessage {
  topic: string;
  payload: Uint8Array;
  text: string;
  isRetained: boolean;
  qos: number;
  /** Epoch ms. */
  receivedAt: number;
}

export type Listener = (message: LiveMessage) => void;

/** What `GET /api/auth/token` answers. */
export interface MqttAccess {
  token: string;
  mqttUrl: string;
}

/** Why a message was not taken. */
export class PublishError extends Error {
  readonly reason: "offline" | "not_allowed" | "quota" | "refused";

  constructor(reason: PublishError["reason"]) {
    super(reason);
    this.name = "PublishError";
    this.reason = reason;
  }
}

const firstDelayMs = 1000;
const longestDelayMs = 30_000;
const publishTimeoutMs = 10_000;

export class LiveConnection {
  readonly state = ref<LiveState>("off");
  readonly #access: () => Promise<MqttAccess>;
  readonly #listeners = new Map<string, Set<Listener>>();
  #client: MqttClient | null = null;
  #isWanted = false;
  #losses = 0;
  #nextAttempt: ReturnType<typeof setTimeout> | undefined;

  constructor(access: () => Promise<MqttAccess>) {
    this.#access = access;
    // Back on the network, or on the screen: no reason to wait any longer.
    window.addEventListener("online", () => this.#hurry());
    // The socket itself would be noticed to be dead much later.
    window.addEventListener("offline", () => this.#lost(this.#client));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#hurry());
  }

  /** Calls the listener with every message to the filter, what is retained first, until the returned function is called. */
  subscribe(topicFilter: string, listener: Listener): () => void {
    const listeners = this.#listeners.get(topicFilter) ?? new Set();
    this.#listeners.set(topicFilter, listeners);
    listeners.add(listener);
    this.#open();
    // Also for a second listener, so that it is given what is retained.
    if (this.#client?.connected) this.#client.subscribe(topicFilter, { qos: 1 });
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0 || this.#listeners.get(topicFilter) !== listeners) return;
      this.#listeners.delete(topicFilter);
      if (this.#client?.connected) this.#client.unsubscribe(topicFilter);
    };
  }

  /**
   * Resolves when the hub has taken the message (at QoS 0: when it is on its way). Waits for a connection that is being made, not for
   * one that failed. Throws a PublishError.
   */
  async publish(topic: string, payload: string, { retain = false, qos = 1 as 0 | 1 | 2 } = {}): Promise<void> {
    this.#open();
    await this.#tried();
    const client = this.#client;
    if (!client?.connected) throw new PublishError("offline");
    const { promise: lost, reject } = Promise.withResolvers<never>();
    const isLost = (): void => reject(new PublishError("offline"));
    const timeout = setTimeout(isLost, publishTimeoutMs);
    client.once("close", isLost);
    try {
      await Promise.race([client.publishAsync(topic, payload, { qos, retain }), lost]);
    } catch (error) {
      throw error instanceof PublishError ? error : new PublishError(reasonOf(error));
    } finally {
      clearTimeout(timeout);
      client.off("close", isLost);
    }
  }

  /** Ends it, for instance when the person signs out; the next subscriber opens it again. */
  close(): void {
    this.#isWanted = false;
    this.#listeners.clear();
    clearTimeout(this.#nextAttempt);
    this.state.value = "off";
    this.#client?.end();
    this.#client = null;
  }

  #open(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#losses = 0;
    void this.#attempt();
  }

  /** An attempt to connect is over, or takes too long. */
  #tried(): Promise<void> {
    if (this.state.value !== "connecting") return Promise.resolve();
    return new Promise((resolve) => {
      const end = (): void => {
        stop();
        clearTimeout(timeout);
        resolve();
      };
      const stop = watch(this.state, end, { flush: "sync" });
      const timeout = setTimeout(end, publishTimeoutMs);
    });
  }

  #hurry(): void {
    if (this.state.value !== "offline" || this.#nextAttempt === undefined) return;
    clearTimeout(this.#nextAttempt);
    void this.#attempt();
  }

  async #attempt(): Promise<void> {
    this.#nextAttempt = undefined;
    this.state.value = "connecting";
    try {
      const [{ default: mqtt }, { token, mqttUrl }] = await Promise.all([import("mqtt"), this.#access()]);
      if (!this.#isWanted) return;
      const client = mqtt.connect(mqttUrl, {
        protocolVersion: 5,
        username: "console",
        password: token,
        keepalive: 50,
        reconnectPeriod: 0,
        // The other one is a worker made of a blob, which the content security policy forbids.
        timerVariant: "native",
        connectTimeout: 15_000,
      });
      this.#client = client;
      client.on("connect", () => this.#connected(client));
      client.on("message", (topic, payload, { retain, qos }) =>
        this.#received({ topic, payload, isRetained: retain, qos }),
      );
      client.on("error", () => client.end(true));
      client.once("close", () => this.#lost(client));
    } catch {
      this.#lost(null);
    }
  }

  #connected(client: MqttClient): void {
    this.#losses = 0;
    this.state.value = "online";
    const topicFilters = [...this.#listeners.keys()];
    if (topicFilters.length > 0) client.subscribe(topicFilters, { qos: 1 });
  }

  #lost(client: MqttClient | null): void {
    if (!this.#isWanted || this.#client !== client) return;
    client?.end(true);
    this.#client = null;
    this.state.value = "offline";
    const longest = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#losses++);
    this.#nextAttempt = setTimeout(() => void this.#attempt(), longest * (0.5 + Math.random() / 2));
  }

  #received({ topic, payload, isRetained, qos }: Omit<LiveMessage, "text" | "receivedAt">): void {
    const text = new TextDecoder().decode(payload);
    const message = { topic, payload, text, isRetained, qos, receivedAt: Date.now() };
    for (const [topicFilter, listeners] of this.#listeners) {
      if (!matches(topicFilter, topic)) continue;
      for (const listener of listeners) listener(message);
    }
  }
}

function reasonOf(error: unknown): PublishError["reason"] {
  switch ((error as { code?: unknown }).code) {
    case 0x87:
      return "not_allowed";
    case 0x97:
      return "quota";
    default:
      return "refused";
  }
}
