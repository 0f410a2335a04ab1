// Sets a control of an entity that announced itself, in its own words.
import type { EntityCommand } from "../../domain/discovery/views.ts";
import { notFound } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";

export async function commandEntity({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: EntityCommand;
}): Promise<{ topic: string; recipients: number }> {
  return askHub(
    ctx,
    (hub, call) => hub.commandEntity(input, call),
    () => {
      throw notFound("entity");
    },
  );
}
