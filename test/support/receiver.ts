// One receiver of the server on loopback (receiver-server.ts), as a test sees it.
import { inject } from "vitest";
import type { BrowserSubscription, Received, ReceiverSettings } from "./receiver-server.ts";

export class Receiver {
  readonly url = `${inject("receiverUrl")}/${crypto.randomUUID()}`;
  /** Takes webhooks. */
  readonly hookUrl = `${this.url}/hook`;

  /** Says how it answers; returns its browser's subscription. */
  async set(settings: Partial<ReceiverSettings> = {}): Promise<BrowserSubscription> {
    const body = JSON.stringify({ statuses: [], ...settings });
    return (await fetch(this.url, { method: "PUT", body })).json();
  }

  async received(): Promise<Received[]> {
    return (await fetch(this.url)).json();
  }

  /** The only thing that came. */
  async only(): Promise<Received> {
    const [first, ...others] = await this.received();
    if (!first || others.length > 0) throw new Error(`expected one request, found ${others.length + (first ? 1 : 0)}`);
    return first;
  }
}
