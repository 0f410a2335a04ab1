// The server as a real process for tests: a free port, a state folder of its own, and a user to work with.
import { rmSync } from "node:fs";
import { Api } from "../../tools/api.ts";
import { type ControlPlane, startControlPlane } from "../../tools/control-plane.ts";
import { findFreePort } from "../../tools/ports.ts";
import { newStateDir } from "./new-state.ts";

export class TestServer {
  readonly stateDir: string;
  readonly port: number;
  readonly #databaseUrl: string;
  readonly #variables: Record<string, string>;
  #running: ControlPlane | null = null;
  #output = "";

  private constructor(stateDir: string, port: number, databaseUrl: string, variables: Record<string, string>) {
    this.stateDir = stateDir;
    this.port = port;
    this.#databaseUrl = databaseUrl;
    this.#variables = variables;
  }

  static async start(databaseUrl = "", variables: Record<string, string> = {}): Promise<TestServer> {
    const server = new TestServer(await newStateDir(), await findFreePort(), databaseUrl, variables);
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What the Worker has printed; worth showing when a test fails. */
  get output(): string {
    return this.#output;
  }

  /** Starts again on the same port and state. */
  async start(): Promise<void> {
    const onOutput = (text: string): void => {
      this.#output += text;
    };
    const { port, stateDir } = this;
    const settings = { databaseUrl: this.#databaseUrl, variables: this.#variables };
    this.#running = await startControlPlane({ port, stateDir, ...settings, onOutput });
  }

  /** SIGKILL to every process of the server at once. */
  async crash(): Promise<void> {
    await this.#running?.kill("SIGKILL");
  }

  /** Ends the server and forgets its state. */
  async remove(): Promise<void> {
    await this.#running?.stop();
    rmSync(this.stateDir, { recursive: true, force: true });
  }

  /** The API as a new user of its own. */
  async createUser(): Promise<Api> {
    const api = new Api(this.url);
    const email = `${crypto.randomUUID()}@example.com`;
    await api.signUp({ email, password: "correct horse battery staple", name: "Test" });
    return api;
  }
}
