// Publishes a message to one of the device's topics, as an app of the user would through its socket.
import { mayPublish } from "../../domain/access.ts";
import { isTopic } from "../../domain/topics.ts";
import { HomeportError, notFound, unwrap } from "../../errors.ts";
import { hubStub } from "../../hub-stub.ts";
import type { ServiceContext } from "../context.ts";

export interface PublishMessageInput {
  deviceId: string;
  /** Below `devices/{deviceId}/`. */
  topic: string;
  payload: Uint8Array;
  qos: 0 | 1;
  retain: boolean;
}

/** Bytes of a PUBLISH besides topic and payload, generously: header, lengths, packet id, properties. */
const packetOverheadBytes = 16;

export async function publishMessage({
  ctx,
  input: { deviceId, topic: relativeTopic, payload, qos, retain },
}: {
  ctx: ServiceContext;
  input: PublishMessageInput;
}): Promise<{ topic: string; recipients: number }> {
  const device = await ctx.store.devices.find({ userId: ctx.user.userId, deviceId });
  if (!device) throw notFound("device");
  const topic = `devices/${deviceId}/${relativeTopic}`;
  if (!isTopic(topic)) throw new HomeportError("bad_request", "topic: must be a topic name without wildcards.");
  if (!mayPublish({ kind: "app", id: ctx.user.userId, grants: null }, topic)) {
    throw new HomeportError("forbidden", "Only the hub writes to this topic.");
  }
  const packetBytes = new TextEncoder().encode(topic).length + payload.length + packetOverheadBytes;
  if (packetBytes > ctx.config.MAX_PACKET_BYTES) {
    throw new HomeportError("payload_too_large", `A message has at most ${ctx.config.MAX_PACKET_BYTES} bytes.`);
  }
  const { recipients } = await publish(ctx, device.hubId, { topic, payload, qos, retain });
  return { topic, recipients };
}

type Message = { topic: string; payload: Uint8Array; qos: 0 | 1; retain: boolean };

async function publish(ctx: ServiceContext, hubId: string, message: Message): Promise<{ recipients: number }> {
  const result = await hubStub(ctx.hubs, hubId, ctx.origin.continent)
    .publish(message, ctx.meter.call(hubId))
    .catch((cause: unknown) => {
      throw new HomeportError("unavailable", "The hub does not answer. Try again in a moment.", {
        retryAfterSeconds: 1,
        cause,
      });
    });
  return unwrap(result);
}
