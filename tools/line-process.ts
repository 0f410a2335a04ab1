// A child process that talks in lines: what it prints can be waited for, and it can be told something. Every wait is
// bounded and fails with a sentence.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { Failure } from "./failure.ts";

interface Waiter {
  pattern: RegExp;
  resolve: (line: string) => void;
  reject: (error: Failure) => void;
}

export interface LineProcessOptions {
  /** How failures call the process: "the lamp". */
  name: string;
  env?: Record<string, string>;
  onLine?: (line: string) => void;
}

export class LineProcess {
  readonly lines: string[] = [];
  readonly ended: Promise<number>;
  readonly #name: string;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiters = new Set<Waiter>();
  #hasEnded = false;

  constructor(command: string, args: string[], options: LineProcessOptions) {
    this.#name = options.name;
    this.#child = spawn(command, args, { env: { ...process.env, ...options.env } });
    const onLine = (line: string): void => {
      this.lines.push(line);
      options.onLine?.(line);
      for (const waiter of this.#waiters) if (waiter.pattern.test(line)) waiter.resolve(line);
    };
    createInterface({ input: this.#child.stdout }).on("line", onLine);
    createInterface({ input: this.#child.stderr }).on("line", onLine);
    this.#child.stdin.on("error", () => {}); // it has ended; `ended` says so
    const killNow = (): void => void this.#child.kill("SIGKILL");
    process.once("exit", killNow);
    this.ended = new Promise((resolve) => {
      const end = (how: string, exitCode: number): void => {
        if (this.#hasEnded) return;
        this.#hasEnded = true;
        process.off("exit", killNow);
        for (const waiter of this.#waiters) waiter.reject(this.#failure(how));
        resolve(exitCode);
      };
      this.#child.once("error", (error) => end(`could not be started: ${error.message}`, 1));
      this.#child.once("close", (code, signal) => end(`ended with ${signal ?? `exit code ${code}`}`, code ?? 1));
    });
  }

  /**
   * The first line to match that is printed after this call: call it, then cause the line, then await. `what` completes
   * the sentence "… did not …" of the failure.
   */
  nextLine(pattern: RegExp, what: string, timeoutMs = 10_000): Promise<string> {
    const line = new Promise<string>((resolve, reject) => {
      if (this.#hasEnded) {
        reject(this.#failure("has already ended"));
        return;
      }
      const waiter: Waiter = { pattern, resolve, reject };
      const timer = setTimeout(() => reject(this.#failure(`did not ${what} within ${timeoutMs / 1000} s`)), timeoutMs);
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      waiter.resolve = (text) => (settle(), resolve(text));
      waiter.reject = (error) => (settle(), reject(error));
      this.#waiters.add(waiter);
    });
    line.catch(() => {}); // whoever awaits it hears of it, even if something else fails first
    return line;
  }

  send(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  /** What Ctrl-C does. */
  interrupt(): void {
    this.#child.kill("SIGINT");
  }

  /** Ends it: politely, then by force after two seconds. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 2000);
    await this.ended;
    clearTimeout(timer);
  }

  #failure(what: string): Failure {
    const said = this.lines.slice(-10).map((line) => `  ${line}`);
    return new Failure(`${this.#name} ${what}.${said.length > 0 ? ` Its last lines:\n${said.join("\n")}` : ""}`);
  }
}
