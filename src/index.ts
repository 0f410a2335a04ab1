// The Worker's entry. Nothing imports it.
import { createApp } from "./http/app.ts";
import { runScheduled } from "./jobs/scheduled.ts";

export { PasswordHasher } from "../durable-objects/password-hasher/password-hasher.ts";
export { UserHub } from "../durable-objects/user-hub/user-hub.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  scheduled: (_controller, env) => runScheduled(env),
} satisfies ExportedHandler<Env>;
