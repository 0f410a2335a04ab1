// The Worker's entry. Nothing imports it.
import type { Job } from "./services/jobs.ts";
import { createApp } from "./http/app.ts";
import { runJobs } from "./jobs/queue.ts";
import { runScheduled } from "./jobs/scheduled.ts";

export { PasswordHasher } from "../durable-objects/password-hasher/password-hasher.ts";
export { UserHub } from "../durable-objects/user-hub/user-hub.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  queue: runJobs,
  scheduled: (_controller, env) => runScheduled(env),
} satisfies ExportedHandler<Env, Job>;
