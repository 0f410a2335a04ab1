// The key by which push services know this deployment; pages pass it to `pushManager.subscribe` as `applicationServerKey`.
import type { ServiceContext } from "../context.ts";

/** Null: the deployment sends no web push. */
export function vapidPublicKey({ config }: ServiceContext): string | null {
  return config.VAPID_KEYS.split(":")[0] || null;
}
