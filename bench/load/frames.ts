// The bytes that the load sends, made before anything is measured: MQTT 3.1.1 packets, and the WebSocket frames around them.
import { generate, type Packet } from "mqtt-packet";
import type { Traffic } from "../servers/server.ts";

/** A client masks what it sends (RFC 6455 §5.3); always the same mask, so that frames can be made beforehand. */
const mask = [0x5a, 0xc3, 0x96, 0x0f];
const maxShortFrame = 125;

/** What a sensor would send. */
const payload = JSON.stringify({ celsius: 21.5, humidity: 48, battery: 3.71 });

/** A device's id in the shape of Homeport's own. */
export function deviceId(userIndex: number): string {
  return `dev_${String(userIndex).padStart(20, "0")}`;
}

function topic(userIndex: number): string {
  return `devices/${deviceId(userIndex)}/signals/climate`;
}

/** A binary WebSocket frame of a client. */
export function clientFrame(content: Uint8Array): Buffer {
  const isShort = content.length <= maxShortFrame;
  const head = isShort ? [0x82, 0x80 | content.length] : [0x82, 0x80 | 126, content.length >> 8, content.length & 255];
  const masked = content.map((byte, i) => byte ^ (mask[i & 3] as number));
  return Buffer.concat([Buffer.from(head), Buffer.from(mask), masked]);
}

/** Not `clean`: the session is to outlive the connection. */
export function connectFrame(given: { clientId: string; username: string; password: string; clean: boolean }): Buffer {
  return packetFrame({ cmd: "connect", ...given, password: Buffer.from(given.password), keepalive: 0 });
}

/** A user's app wants all streams of the device, and not its presence, which nobody else here knows of. */
export function subscribeFrame(userIndex: number, qos: 0 | 1 | 2): Buffer {
  const topicFilter = `devices/${deviceId(userIndex)}/signals/#`;
  return packetFrame({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: topicFilter, qos }] });
}

export const disconnectFrame = packetFrame({ cmd: "disconnect" });

/** Frames of a device to be sent in turn; with `count` of them under way at once no packet id is used twice. */
export function publishFrames(userIndex: number, { qos, packetsPerFrame }: Traffic, count: number): Buffer[] {
  return Array.from({ length: count }, (_frame, frame) => {
    const packets = Array.from({ length: packetsPerFrame }, (_packet, packet) => {
      const messageId = frame * packetsPerFrame + packet + 1;
      return generate({ cmd: "publish", topic: topic(userIndex), payload, qos, messageId, retain: false, dup: false });
    });
    return clientFrame(Buffer.concat(packets));
  });
}

function packetFrame(packet: Partial<Packet>): Buffer {
  return clientFrame(generate({ protocolId: "MQTT", protocolVersion: 4, ...packet } as Packet));
}
