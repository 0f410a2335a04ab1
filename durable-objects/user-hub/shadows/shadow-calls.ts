// Shadows as the API asks for them: views of the same documents, and a way back in their history. What is recursive is answered
// as JSON text.
import { type ShadowView, deleteAccepted, viewOf } from "../../../src/domain/shadow/answers.ts";
import { emptySections } from "../../../src/domain/shadow/document.ts";
import type { ShadowEntry } from "../../../src/domain/shadow/history.ts";
import { ShadowRefusal, type ShadowRefusalCode } from "../../../src/domain/shadow/refusal.ts";
import { readUpdate, type UpdateRequest } from "../../../src/domain/shadow/request.ts";
import { devicePrefixes, type ShadowRef } from "../../../src/domain/shadow/topics.ts";
import type { ErrorCode, Result } from "../../../src/errors.ts";
import type { PartContext } from "../part.ts";
import type { ShadowKeeper } from "./shadow-keeper.ts";
import type { ShadowVoice } from "./shadow-voice.ts";

const codes: Record<ShadowRefusalCode, ErrorCode> = {
  400: "bad_request",
  404: "not_found",
  409: "conflict",
  413: "payload_too_large",
  415: "bad_request",
  429: "quota_exceeded",
  500: "internal",
};

const noShadow = { ...emptySections, version: 0 };

export class ShadowCalls {
  readonly #context: PartContext;
  readonly #keeper: ShadowKeeper;
  readonly #voice: ShadowVoice;

  constructor(context: PartContext, keeper: ShadowKeeper, voice: ShadowVoice) {
    this.#context = context;
    this.#keeper = keeper;
    this.#voice = voice;
  }

  /** A ShadowView. A shadow that does not exist is empty and has version 0. */
  get(ref: ShadowRef): Result<string> {
    return json(() => viewOf(this.#keeper.find(ref) ?? noShadow, {}, this.#voice.second));
  }

  list(deviceId: string): Result<ShadowEntry[]> {
    return { ok: true, value: this.#keeper.shadows.list(deviceId) };
  }

  /** An array of ShadowChange, the latest first. */
  history(ref: ShadowRef): Result<string> {
    return json(() => this.#keeper.history(ref));
  }

  /** `body`: an update as over MQTT. Answers a ShadowView. */
  update(ref: ShadowRef, body: Uint8Array, author: string): Result<string> {
    return json(() => this.#update(ref, readUpdate(body), author));
  }

  /** Makes desired again what it was at a version; the document goes on to a new one, a ShadowView. */
  revert(ref: ShadowRef, version: number, author: string): Result<string> {
    if (version === 0 && !this.#keeper.find(ref)) return this.get(ref);
    return json(() => {
      const request = this.#keeper.updateBackTo(ref, version);
      if (request) return this.#update(ref, request, author);
      throw new ShadowRefusal([404, `What was desired at version ${version} is not known any more.`]);
    });
  }

  #update(ref: ShadowRef, request: UpdateRequest, author: string): ShadowView {
    const updated = this.#keeper.update(ref, request, author, this.#context.now());
    this.#voice.sayUpdated(ref, devicePrefixes(ref.deviceId), request, updated, 1);
    return viewOf(updated.after, request, this.#voice.second);
  }

  /** One that does not exist is deleted already. `version`: the one it must have, if not null. */
  delete(ref: ShadowRef, version: number | null): Result<null> {
    const shadow = this.#keeper.find(ref);
    if (version !== null && version !== (shadow?.version ?? 0)) {
      return { ok: false, code: "conflict", message: "Version conflict" };
    }
    if (shadow) {
      this.#keeper.delete(ref, {}, this.#context.now());
      const body = deleteAccepted(shadow.version, {}, this.#voice.second);
      this.#voice.say(ref, devicePrefixes(ref.deviceId), "delete/accepted", body, 1);
    }
    return { ok: true, value: null };
  }

  forgetDevice(deviceId: string): void {
    this.#keeper.forgetDevice(deviceId);
  }
}

function json(act: () => object): Result<string> {
  try {
    return { ok: true, value: JSON.stringify(act()) };
  } catch (error) {
    if (!(error instanceof ShadowRefusal)) throw error;
    return { ok: false, code: codes[error.code], message: error.message };
  }
}
