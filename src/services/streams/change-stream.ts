// Says what a stream of a device measures. The stream must exist: something was published to it.
import { priceListWith } from "../../domain/prices/price-list.ts";
import { rawHistoryPrice } from "../../domain/streams/raw-price.ts";
import type { Stream, StreamChange } from "../../domain/streams/stream.ts";
import { notFound } from "../../errors.ts";
import { askHub } from "../connections/ask-hub.ts";
import type { ServiceContext } from "../context.ts";
import { requireDevices } from "./own-devices.ts";

export async function changeStream({
  ctx,
  input: { deviceId, name, ...change },
}: {
  ctx: ServiceContext;
  input: { deviceId: string; name: string } & StreamChange;
}): Promise<Stream & { rawUsdPerMonth: number }> {
  await requireDevices(ctx, [deviceId]);
  const stream = await askHub(
    ctx,
    (hub, call) => hub.changeStream(deviceId, name, change, call),
    () => {
      throw notFound("stream");
    },
  );
  const { STREAM_FLUSH_SECONDS, PRICE_LIST } = ctx.config;
  return { ...stream, rawUsdPerMonth: rawHistoryPrice(STREAM_FLUSH_SECONDS, priceListWith(PRICE_LIST)) };
}
