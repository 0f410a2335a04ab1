// One third-party client as a process of its own (programs/), so that it can be killed: told what to do and watched line
// by line. What it has said is kept, so a test may look for it at any time later.
import { join } from "node:path";
import { LineProcess } from "../../tools/line-process.ts";

export type Qos = 0 | 1 | 2;

export interface Message {
  topic: string;
  text: string;
  qos: Qos;
  retain: boolean;
}

export interface ClientOptions {
  url: string;
  password: string;
  version: 4 | 5;
  clientId: string;
  /** Asks for a session that outlives the connection, for an hour where the client can say so. */
  isPersistent: boolean;
  will?: Message;
  /** What the session to resume is subscribed to: for clients that have to know. */
  resumes: { topic: string; qos: Qos }[];
}

type Event = { event: string } & Record<string, unknown>;

const patienceMs = 15_000;

export class ClientProgram {
  readonly #process: LineProcess;
  readonly #name: string;
  readonly #events: Event[] = [];
  readonly #waiting = new Set<() => void>();
  #hasEnded = false;
  #nextId = 1;

  private constructor(file: string, options: ClientOptions) {
    this.#name = `${file} (MQTT ${options.version === 5 ? "5" : "3.1.1"})`;
    const program = join(import.meta.dirname, "programs", file);
    const command = file.endsWith(".py") ? "/usr/bin/python3" : process.execPath;
    // The shell says its process id and becomes the program, which can then be killed.
    this.#process = new LineProcess("/bin/sh", ["-c", 'echo "pid $$"; exec "$@"', "sh", command, program], {
      name: this.#name,
      env: { CLIENT: JSON.stringify(options), NODE_OPTIONS: "--disable-warning=DEP0040" },
      onLine: (line) => {
        if (!line.startsWith('{"event"')) return;
        this.#events.push(JSON.parse(line) as Event);
        this.#wake();
      },
    });
    void this.#noteEnd();
  }

  /** Starts the program and waits for its CONNACK. */
  static async connect(
    file: string,
    options: ClientOptions,
  ): Promise<{ client: ClientProgram; sessionPresent: boolean | null }> {
    const client = new ClientProgram(file, options);
    const { sessionPresent } = await client.#event("connected", () => true);
    return { client, sessionPresent: sessionPresent as boolean | null };
  }

  /** The QoS that was granted, or the code of the refusal. */
  async subscribe(topic: string, qos: Qos): Promise<number> {
    const already = this.#events.length;
    this.#process.send(JSON.stringify({ do: "subscribe", topic, qos }));
    const granted = await this.#event("subscribed", (event) => event.topic === topic, already);
    return granted.qos as number;
  }

  /** Settles when the client says the message is through: for QoS 1 and 2 after the last acknowledgement. */
  async publish(topic: string, text: string, qos: Qos, retain = false): Promise<void> {
    const id = this.#nextId++;
    this.#process.send(JSON.stringify({ do: "publish", id, topic, text, qos, retain }));
    await this.#event("published", (event) => event.id === id);
  }

  /** Waits for the message `text` on `topic`; what came on that topic until then, in order. */
  async messagesUntil(topic: string, text: string): Promise<Message[]> {
    await this.#event("message", (event) => event.topic === topic && event.text === text);
    return this.messages(topic);
  }

  /** What has come on a topic. */
  messages(topic: string): Message[] {
    return this.#events
      .filter((event) => event.event === "message" && event.topic === topic)
      .map(({ text, qos, retain }) => ({ topic, text, qos, retain }) as Message);
  }

  /** DISCONNECT, after which the program ends by itself. */
  async disconnect(): Promise<void> {
    this.#process.send(JSON.stringify({ do: "disconnect" }));
    await this.#until(() => this.#hasEnded, "end after DISCONNECT");
  }

  /** SIGKILL: no DISCONNECT, and nothing is left of what it knew. */
  async kill(): Promise<void> {
    const pid = Number(this.#process.lines.find((line) => line.startsWith("pid "))?.slice(4));
    process.kill(pid, "SIGKILL");
    await this.#process.ended;
  }

  /** For the end of a test, however it went. */
  stop(): Promise<void> {
    return this.#process.stop();
  }

  async #event(name: string, isIt: (event: Event) => boolean, from = 0): Promise<Event> {
    return this.#until(() => {
      const found = this.#events.slice(from).find((event) => event.event === name && isIt(event));
      const failed = this.#events.slice(from).find((event) => event.event === "failed");
      if (!found && failed) throw this.#error(`could not ${failed.command as string}: ${failed.why as string}`);
      if (!found && this.#hasEnded) throw this.#error(`ended before it said "${name}"`);
      return found;
    }, `say "${name}"`);
  }

  /** What `look` finds, which is asked again whenever something happens. */
  async #until<T>(look: () => T | undefined | false, what: string): Promise<T> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const found = look();
      if (found) return found;
      const left = deadline - Date.now();
      if (left <= 0) throw this.#error(`did not ${what} within ${patienceMs / 1000} s`);
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          clearTimeout(timer);
          this.#waiting.delete(wake);
          resolve();
        };
        const timer = setTimeout(wake, left);
        this.#waiting.add(wake);
      });
    }
  }

  async #noteEnd(): Promise<void> {
    await this.#process.ended;
    this.#hasEnded = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #error(what: string): Error {
    return new Error(`${this.#name} ${what}. Its last lines:\n${this.#process.lines.slice(-12).join("\n")}`);
  }
}
