// Ends a live connection of the user. Its client may come back: whoever is to stay away loses its credential.
import { notFound } from "../../errors.ts";
import type { ServiceContext } from "../context.ts";
import { askHub } from "./ask-hub.ts";

export async function endConnection({
  ctx,
  input: { connectionId },
}: {
  ctx: ServiceContext;
  input: { connectionId: string };
}): Promise<void> {
  await askHub(
    ctx,
    (hub, call) => hub.endConnection(connectionId, call),
    () => {
      throw notFound("connection");
    },
  );
  const { requestId, user } = ctx;
  console.log(JSON.stringify({ event: "connection_ended", requestId, userId: user.userId, connectionId }));
}
