// Empties a hub: its sockets end, its storage goes. One that never ran is made and emptied, which leaves nothing either.
import { unwrap } from "../../errors.ts";
import { hubStub } from "../../hub-stub.ts";
import type { SystemContext } from "../context.ts";

export async function eraseHub({ hubs }: SystemContext, { hubId }: { hubId: string }): Promise<boolean> {
  unwrap(await hubStub(hubs, hubId).erase());
  return true;
}
