// The clients of the crash test: publishers that number their messages and go on through every outage, subscribers that write
// down what their application sees. Both are the stock `mqtt` package with its own stores, which outlive a connection.
import { setTimeout as delay } from "node:timers/promises";
import mqtt, { type IClientOptions, type MqttClient } from "mqtt";

export interface Access {
  url: string;
  password: string;
}

/** Unacknowledged messages of a publisher at a time. */
const windowSize = 20;

interface Session extends Access {
  name: string;
  version: 4 | 5;
}

/** How often a client found its session gone when it came back. */
export const lostSessions: string[] = [];

async function connect({ url, password, name, version }: Session): Promise<MqttClient> {
  const options: IClientOptions = {
    protocolVersion: version,
    clientId: name,
    username: "me",
    password,
    clean: false,
    resubscribe: false,
    reconnectPeriod: 50,
    connectTimeout: 10_000,
    ...(version === 5 && { properties: { sessionExpiryInterval: 3600 } }),
  };
  const client = await mqtt.connectAsync(url, options, false);
  client.on("error", () => {}); // the server is away; it tries again
  client.on("connect", ({ sessionPresent }) => {
    if (!sessionPresent) lostSessions.push(name);
  });
  return client;
}

export class Publisher {
  readonly name: string;
  readonly qos: 1 | 2;
  /** The numbers that were acknowledged, for each topic; they begin at 1. */
  readonly acknowledged = new Map<string, Set<number>>();
  /** What the client gave back unsent, because the next crash came while it still sent what an earlier one had left. */
  unsent = 0;
  readonly refusals: string[] = [];
  readonly #client: MqttClient;
  #outstanding = 0;
  #isStopping = false;
  #finished: Promise<void> = Promise.resolve();

  private constructor(name: string, qos: 1 | 2, client: MqttClient) {
    this.name = name;
    this.qos = qos;
    this.#client = client;
  }

  static async start(session: Session, qos: 1 | 2, topics: string[], pauseMs: number): Promise<Publisher> {
    const publisher = new Publisher(session.name, qos, await connect(session));
    for (const topic of topics) publisher.acknowledged.set(topic, new Set());
    publisher.#finished = publisher.#run(topics, pauseMs);
    return publisher;
  }

  async #run(topics: string[], pauseMs: number): Promise<void> {
    for (let n = 1; !this.#isStopping; n++) {
      for (const topic of topics) {
        this.#outstanding++;
        this.#client.publish(topic, String(n), { qos: this.qos }, (error) => {
          this.#outstanding--;
          // The last answer to PUBREL was lost in the crash; to the one that was repeated the server says it is done with it.
          const isDone = error?.message.endsWith("Packet Identifier not found") && this.qos === 2;
          if (!error || isDone) this.acknowledged.get(topic)?.add(n);
          else if (error.message === "Connection closed") this.unsent++;
          else this.refusals.push(`${topic} ${n}: ${error.message}`);
        });
      }
      do await delay(pauseMs);
      while (this.#outstanding >= windowSize);
    }
  }

  get acknowledgedCount(): number {
    return [...this.acknowledged.values()].reduce((sum, numbers) => sum + numbers.size, 0);
  }

  /** Sends no more; settles when nothing waits for its acknowledgement. */
  async finish(): Promise<void> {
    this.#isStopping = true;
    await this.#finished;
    while (this.#outstanding > 0) await delay(20);
  }

  end(): void {
    this.#client.end(true);
  }
}

export class Subscriber {
  readonly name: string;
  /** What the application was given, in order, for each topic. */
  readonly received = new Map<string, number[]>();
  readonly #client: MqttClient;

  private constructor(name: string, client: MqttClient) {
    this.name = name;
    this.#client = client;
    client.on("message", (topic, payload) => {
      const numbers = this.received.get(topic) ?? [];
      numbers.push(Number(payload.toString()));
      this.received.set(topic, numbers);
    });
  }

  static async start(session: Session, topicFilter: string): Promise<Subscriber> {
    const subscriber = new Subscriber(session.name, await connect(session));
    await subscriber.#client.subscribeAsync(topicFilter, { qos: 2 });
    return subscriber;
  }

  get isConnected(): boolean {
    return this.#client.connected;
  }

  /** Stays away until `comeBack`. */
  goAway(): Promise<void> {
    return this.#client.endAsync();
  }

  comeBack(): void {
    this.#client.reconnect();
  }

  end(): void {
    this.#client.end(true);
  }
}
