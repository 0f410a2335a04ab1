// The Worker's entry. Nothing imports it.
export { UserHub } from "../durable-objects/user-hub/user-hub.ts";

export default {
  fetch: () => new Response("Homeport"),
} satisfies ExportedHandler<Env>;
