// What a person may set in the environment of `npm start` and `npm run demo`: PORT, HOST, STATE_DIR and DATABASE_URL.
import { resolve } from "node:path";
import { Failure } from "./failure.ts";
import { projectDir } from "./wrangler.ts";

export interface LocalSettings {
  host: string;
  port: number;
  stateDir: string;
  /** Empty: D1. */
  databaseUrl: string;
}

/** `.state` in the project unless STATE_DIR says otherwise; relative paths start where the person stands. */
export function readStateDir(env: NodeJS.ProcessEnv = process.env): string {
  return env.STATE_DIR ? resolve(env.INIT_CWD ?? process.cwd(), env.STATE_DIR) : resolve(projectDir, ".state");
}

/** Throws a Failure that names the variable at fault. */
export function readLocalSettings(env: NodeJS.ProcessEnv = process.env): LocalSettings {
  const port = Number(env.PORT || 8787);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Failure(`PORT must be a number from 1 to 65535, not "${env.PORT}".`);
  }
  return { host: env.HOST || "127.0.0.1", port, stateDir: readStateDir(env), databaseUrl: env.DATABASE_URL ?? "" };
}
