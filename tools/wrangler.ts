// How this project runs wrangler: the installed one on the Node that runs now, never one that happens to be on PATH.
// Knows no command's meaning; callers read the exit code and the output.
import { spawn } from "node:child_process";
import { join } from "node:path";

export const projectDir = join(import.meta.dirname, "..");

const wranglerScript = join(projectDir, "node_modules", "wrangler", "bin", "wrangler.js");

/** The command line that runs wrangler with these arguments. */
export function wranglerCommand(args: string[]): [command: string, args: string[]] {
  return [process.execPath, [wranglerScript, ...args]];
}

/** For everything that stays on this machine: no look-ups, no reports, no log files, nothing shared between state folders. */
export function offlineEnv(stateDir: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_SEND_ERROR_REPORTS: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_WRITE_LOGS: "false",
    WRANGLER_REGISTRY_PATH: join(stateDir, "registry"),
  };
}

export interface WranglerResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs wrangler to its end in the project folder. Without a terminal on its input it asks no questions and takes the
 * default answers; `input` is what it reads there.
 */
export function runWrangler(
  args: string[],
  options: { env?: NodeJS.ProcessEnv; input?: string } = {},
): Promise<WranglerResult> {
  const [command, commandArgs] = wranglerCommand(args);
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArgs, { cwd: projectDir, env: options.env ?? process.env });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode: exitCode ?? 1, stdout, stderr }));
    child.stdin.on("error", () => {}); // a command that does not read its input closes it early
    child.stdin.end(options.input ?? "");
  });
}

/** Runs wrangler to its end with this terminal's output, asking no questions. Returns its exit code. */
export function runWranglerVisibly(args: string[]): Promise<number> {
  const [command, commandArgs] = wranglerCommand(args);
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArgs, { cwd: projectDir, stdio: ["ignore", "inherit", "inherit"] });
    child.once("error", reject);
    child.once("close", (exitCode) => resolve(exitCode ?? 1));
  });
}
