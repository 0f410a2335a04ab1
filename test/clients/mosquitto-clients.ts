// Debian's mosquitto programs as a person would run them: the two clients, and the broker as a bridge.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { LineProcess } from "../../tools/line-process.ts";

export interface MosquittoAccess {
  port: number;
  password: string;
  /** What else every command gets: version, certificate. */
  options?: string[];
}

function accessOptions({ port, password, options = [] }: MosquittoAccess): string[] {
  return ["-h", "127.0.0.1", "-p", String(port), "-u", "me", "-P", password, ...options];
}

/** Publishes, and ends: `lines` a message each, with `-l`. Throws when it did not end well. */
export async function mosquittoPub(access: MosquittoAccess, args: string[], lines: string[] = []): Promise<void> {
  const pub = spawn("/usr/bin/mosquitto_pub", [...accessOptions(access), ...args]);
  let output = "";
  for (const stream of [pub.stdout, pub.stderr]) stream.on("data", (text: Buffer) => (output += text));
  pub.stdin.on("error", () => {}); // it has ended; its exit code says why
  pub.stdin.end(lines.map((line) => `${line}\n`).join(""));
  const exitCode = await new Promise((resolve) => pub.once("close", resolve));
  if (exitCode !== 0) throw new Error(`mosquitto_pub ended with ${exitCode}: ${output}`);
}

/** Prints what comes as "topic payload", and more, a line each. Returns once it is subscribed. */
export async function mosquittoSub(access: MosquittoAccess, args: string[]): Promise<LineProcess> {
  const command = ["stdbuf", "-oL", "/usr/bin/mosquitto_sub", ...accessOptions(access), "-d", "-v", ...args];
  const shell = ["-c", 'echo "pid $$"; exec "$@"', "sh", ...command];
  const sub = new LineProcess("/bin/sh", shell, { name: "mosquitto_sub" });
  await sub.nextLine(/^Subscribed \(mid: \d+\): \d/, "subscribe");
  return sub;
}

/** Ends a mosquitto_sub without a chance to say goodbye. */
export function killSub(sub: LineProcess): void {
  const [, pid] = /^pid (\d+)$/.exec(sub.lines[0] ?? "") ?? [];
  process.kill(Number(pid), "SIGKILL");
}

/** A private broker, with a bridge to the cloud that the lines of configuration describe. */
export async function startMosquitto(dir: string, port: number, bridge: string[]): Promise<LineProcess> {
  const file = join(dir, `mosquitto-${port}.conf`);
  const lines = ["user root", `listener ${port} 127.0.0.1`, "allow_anonymous true", "log_dest stderr", "log_type all"];
  writeFileSync(file, [...lines, "connection cloud", ...bridge, ""].join("\n"));
  const broker = new LineProcess("/usr/sbin/mosquitto", ["-c", file], { name: "mosquitto" });
  await broker.nextLine(/mosquitto version \S+ running/, "run");
  return broker;
}
