// Stands in for the hubs where a test asks what they are told rather than what they make of it.
import type { CredentialState } from "../../src/domain/credentials.ts";
import type { HubCall } from "../../src/domain/hub-call.ts";
import type { Presence } from "../../src/domain/presence.ts";
import type { HubNamespace } from "../../src/hub-stub.ts";

type ApiMessage = { topic: string; payload: Uint8Array; qos: 0 | 1; retain: boolean };

export class RecordedHubs {
  readonly told: { hub: string; states: CredentialState[] }[] = [];
  readonly published: { hub: string; message: ApiMessage }[] = [];
  readonly asked: string[] = [];
  /** Of the requests that the calls belong to. */
  readonly requestIds: unknown[] = [];
  /** The next calls that throw, as an unreachable object would. */
  failures = 0;
  presence: Presence = { online: true, lastSeenAt: 1 };

  /** For `bindings`. */
  readonly USER_HUB = {
    getByName: (hub: string) => ({
      applyCredentials: async (states: CredentialState[], call: HubCall) => {
        this.requestIds.push(call.requestId);
        this.#mayFail();
        this.told.push({ hub, states });
        return { ok: true, value: null };
      },
      publish: async (message: ApiMessage, call: HubCall) => {
        this.requestIds.push(call.requestId);
        this.#mayFail();
        this.published.push({ hub, message });
        return { ok: true, value: { recipients: 2 } };
      },
      presence: async (deviceId: string, call: HubCall) => {
        this.requestIds.push(call.requestId);
        this.#mayFail();
        this.asked.push(deviceId);
        return { ok: true, value: this.presence };
      },
    }),
  } as unknown as HubNamespace;

  #mayFail(): void {
    if (this.failures-- > 0) throw new Error("Network connection lost.");
  }
}
