// Changes a shadow, as an app would over MQTT. A device may be configured before it ever connected: this may start the hub.
import type { ShadowView } from "../../domain/shadow/answers.ts";
import type { ShadowRef } from "../../domain/shadow/topics.ts";
import { HomeportError, unwrap } from "../../errors.ts";
import { hubStub } from "../../hub-stub.ts";
import type { ServiceContext } from "../context.ts";
import { hubOfDevice } from "./own-shadow.ts";

export async function updateShadow({
  ctx,
  input: { ref, update },
}: {
  ctx: ServiceContext;
  /** `update`: the JSON of an update request, which the hub reads as one that came over MQTT. */
  input: { ref: ShadowRef; update: object };
}): Promise<ShadowView> {
  const hubId = await hubOfDevice(ctx, ref);
  const change = { body: new TextEncoder().encode(JSON.stringify(update)), author: ctx.user.userId };
  const result = await hubStub(ctx.hubs, hubId, ctx.origin.continent)
    .updateShadow(ref, change, ctx.meter.call(hubId))
    .catch((cause: unknown) => {
      throw new HomeportError("unavailable", "The hub does not answer. Try again in a moment.", {
        retryAfterSeconds: 1,
        cause,
      });
    });
  return JSON.parse(unwrap<string>(result)) as ShadowView;
}
