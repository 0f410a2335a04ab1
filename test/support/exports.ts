// Exports made without waiting for the queue, and what is in their files.
import { env } from "cloudflare:workers";
import { gunzipSync } from "node:zlib";
import { newId } from "../../src/domain/ids.ts";
import { type SystemContext, systemContext } from "../../src/services/context.ts";
import { makeExport } from "../../src/services/exports/make-export.ts";
import { openStore } from "../../src/store/open-store.ts";
import { respond, type TestUser } from "./api.ts";

export type ExportLine = { type: string } & Record<string, unknown>;

/** Does steps until the export is over, as the queue would; one that fails is done again. Says how many failed. */
export async function makeAll(
  user: TestUser,
  exportId: string,
  change: (ctx: SystemContext) => SystemContext = (ctx) => ctx,
): Promise<{ steps: number; failures: number }> {
  const ctx = change({ ...systemContext(env), jobs: { send: async () => {} } });
  const { exports } = ctx.store;
  for (let steps = 0, failures = 0; ; steps++) {
    const found = await exports.find({ userId: user.userId, exportId });
    if (!found || found.status === "done" || found.status === "failed") return { steps, failures };
    await makeExport({ ctx, input: { exportId } }).catch(() => failures++);
  }
}

/** The id of an export that the queue knows nothing of. */
export async function newExport(user: TestUser): Promise<string> {
  const id = newId("exp");
  const now = Date.now();
  await openStore(env).exports.create({ id, userId: user.userId, now, dueAt: now + 3_600_000 });
  return id;
}

/** The id of an export of the user that is done. */
export async function finishedExport(user: TestUser): Promise<string> {
  const id = await newExport(user);
  await makeAll(user, id);
  return id;
}

export async function fileOf(user: TestUser, exportId: string): Promise<Uint8Array> {
  const response = await respond("GET", `/v1/exports/${exportId}/file`, { token: user.token });
  return new Uint8Array(await response.arrayBuffer());
}

export function linesOf(file: Uint8Array): ExportLine[] {
  const text = new TextDecoder().decode(gunzipSync(file));
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as ExportLine);
}
