// Tells the hub what became of a notification, for the rule's log of firings.
import type { DeliveryReport, Notification } from "../../domain/notifications.ts";
import { unwrap } from "../../errors.ts";
import { hubStub } from "../../hub-stub.ts";
import type { SystemContext } from "../context.ts";

/** The hub exists: the notification came from it. Rejects when it does not answer, so that the job comes again. */
export async function report(
  { hubs, meter }: SystemContext,
  { hubId, notificationId }: Notification,
  input: DeliveryReport,
): Promise<void> {
  unwrap(await hubStub(hubs, hubId).notificationDelivered(input, meter.call(hubId, notificationId)));
}
