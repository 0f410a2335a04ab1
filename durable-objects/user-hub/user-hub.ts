import { DurableObject } from "cloudflare:workers";
import type { Result } from "../../src/errors.ts";
import type { CredentialState } from "../../src/domain/credentials.ts";
import type { Presence } from "../../src/domain/presence.ts";

/** A message the API publishes for an app that holds no socket. */
export interface ApiMessage {
  topic: string;
  payload: Uint8Array;
  qos: 0 | 1;
  retain: boolean;
}

export class UserHub extends DurableObject<Env> {
  override async fetch(_request: Request): Promise<Response> {
    return new Response("not yet", { status: 501 });
  }
  /** Takes over what the database says of these credentials; sockets of those no longer admitted are closed. */
  async applyCredentials(_states: CredentialState[]): Promise<Result<null>> {
    return { ok: true, value: null };
  }
  /** Publishes as the user's app; `recipients` counts the connections it was sent to. Durable on return when retained. */
  async publish(_message: ApiMessage): Promise<Result<{ recipients: number }>> {
    return { ok: true, value: { recipients: 0 } };
  }
  async presence(_deviceId: string): Promise<Result<Presence>> {
    return { ok: true, value: { online: false, lastSeenAt: null } };
  }
}
