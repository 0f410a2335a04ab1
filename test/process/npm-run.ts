// Runs one of the project's npm scripts as a person would, with its output in lines.
import { join } from "node:path";
import { LineProcess } from "../../tools/line-process.ts";

const projectDir = join(import.meta.dirname, "../..");

export function npmRun(script: string, args: string[], env: Record<string, string>): LineProcess {
  const command = ["--prefix", projectDir, "run", script, ...(args.length > 0 ? ["--", ...args] : [])];
  return new LineProcess("npm", command, { name: `npm run ${script}`, env });
}

/** What it printed, and how it ended. */
export async function outcome(process: LineProcess): Promise<{ exitCode: number; output: string }> {
  const exitCode = await process.ended;
  return { exitCode, output: process.lines.join("\n") };
}
