// What is known about a device's connection, as the API answers it and as the presence topic carries it.

/** `lastSeenAt` (epoch ms) is when its last connection ended, or now while it is online; null when never seen. */
export interface Presence {
  online: boolean;
  lastSeenAt: number | null;
}

export function presenceTopic(deviceId: string): string {
  return `devices/${deviceId}/presence`;
}
