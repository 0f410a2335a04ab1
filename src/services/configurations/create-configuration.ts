// Desires something of all devices of a model or with a tag. It lives in the user's hub, which this may start: devices are configured
// before they first connect.
import type {
  Configuration,
  ConfigurationContent,
  ConfigurationTarget,
} from "../../domain/configurations/configuration.ts";
import { newId } from "../../domain/ids.ts";
import { HomeportError, unwrap } from "../../errors.ts";
import { hubStub } from "../../hub-stub.ts";
import type { ServiceContext } from "../context.ts";
import { checkContent } from "./check-content.ts";

export async function createConfiguration({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: ConfigurationTarget & ConfigurationContent;
}): Promise<Configuration> {
  checkContent(input, input);
  const now = ctx.now();
  const made = { id: newId("cfg", now), version: 1, author: ctx.user.userId, createdAt: now, updatedAt: now };
  const result = await hubStub(ctx.hubs, ctx.user.hubId, ctx.origin.continent)
    .configurations({ type: "create", configuration: { ...input, ...made } }, ctx.meter.call(ctx.user.hubId))
    .catch((cause: unknown) => {
      throw new HomeportError("unavailable", "The hub does not answer. Try again in a moment.", {
        retryAfterSeconds: 1,
        cause,
      });
    });
  return JSON.parse(unwrap<string>(result)) as Configuration;
}
