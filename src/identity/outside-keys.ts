// The public keys of one outside issuer: found through its discovery document, cached in the isolate, fetched again when they
// are old or a token names one that is not among them. However many such tokens strangers send, the issuer hears of it once a
// minute at most. Keys that are known go on working while the issuer is down.
import { createLocalJWKSet, errors, type JWK, type JWTHeaderParameters } from "jose";
import { HomeportError, unauthenticated } from "../errors.ts";
import { fetchJson } from "./outside-fetch.ts";

/** What jose wants for verifying. */
type Key = Awaited<ReturnType<ReturnType<typeof createLocalJWKSet>>>;

/** Between fetches that succeeded, and after one that failed. */
export const cooldownMs = 60_000;
export const retryAfterMs = 10_000;
/** Keys that the issuer has withdrawn are forgotten after this. */
export const maxAgeMs = 3_600_000;
/** A request waits this long for the fetch of another one. */
const patienceMs = 5000;
const pollMs = 20;
const maxKeys = 100;

interface KeySource {
  issuer: string;
  /** Where the keys are; empty: where the issuer's discovery document says. */
  jwksUrl: string;
}

export class OutsideKeys {
  readonly #source: KeySource;
  #keys: ReturnType<typeof createLocalJWKSet> | null = null;
  #fetchedAt = 0;
  #nextFetchAt = 0;
  #failed = false;
  /**
   * Until when a fetch of some request is thought to be under way; 0: none is. A promise cannot be shared: it would die
   * with the request that made it.
   */
  #fetchingUntil = 0;

  constructor(source: KeySource) {
    this.#source = source;
  }

  /** The key that a token's header names. Throws `unauthenticated` for none, `unavailable` while that cannot be known. */
  async find(header: JWTHeaderParameters, now: () => number): Promise<Key> {
    const isOld = now() - this.#fetchedAt >= maxAgeMs;
    const known = isOld ? null : await this.#lookUp(header);
    if (known) return known;
    await this.#refresh(now);
    const key = await this.#lookUp(header);
    if (key) return key;
    if (this.#keys && !this.#failed) throw unauthenticated();
    throw new HomeportError("unavailable", "The issuer of this token cannot be reached. Try again in a moment.", {
      retryAfterSeconds: retryAfterMs / 1000,
    });
  }

  async #lookUp(header: JWTHeaderParameters): Promise<Key | null> {
    try {
      return this.#keys ? await this.#keys(header) : null;
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return null;
      throw unauthenticated(); // ambiguous or unusable
    }
  }

  /** Fetches if it is time to; otherwise waits for whoever does. */
  async #refresh(now: () => number): Promise<void> {
    if (now() < this.#fetchingUntil) {
      while (now() < this.#fetchingUntil) await new Promise((resolve) => setTimeout(resolve, pollMs));
      return;
    }
    if (now() < this.#nextFetchAt) return;
    this.#fetchingUntil = now() + patienceMs;
    // In case this request is cut off; whoever waits for a first key should not have to wait long.
    this.#nextFetchAt = now() + (this.#keys ? cooldownMs : patienceMs);
    try {
      this.#keys = createLocalJWKSet({ keys: await this.#fetch() });
      this.#fetchedAt = now();
      this.#nextFetchAt = now() + cooldownMs;
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      this.#nextFetchAt = now() + retryAfterMs;
      const { issuer } = this.#source;
      console.error(JSON.stringify({ event: "outside_keys.failed", issuer, error: String(error) }));
    } finally {
      this.#fetchingUntil = 0;
    }
  }

  async #fetch(): Promise<JWK[]> {
    const { keys } = await fetchJson<{ keys?: unknown }>(this.#source.jwksUrl || (await this.#discover()));
    if (!Array.isArray(keys) || keys.length > maxKeys) throw new Error("the key set is not a list of keys");
    return (keys as JWK[]).filter((key) => ["RSA", "EC", "OKP"].includes(key?.kty ?? ""));
  }

  /** OpenID Connect Discovery 1.0 §4: the document must name the very issuer that was asked for. */
  async #discover(): Promise<string> {
    const { issuer } = this.#source;
    const found = await fetchJson<{ issuer?: unknown; jwks_uri?: unknown }>(
      `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    );
    if (found.issuer !== issuer) throw new Error(`its discovery document names ${JSON.stringify(found.issuer)}`);
    if (typeof found.jwks_uri !== "string") throw new Error("its discovery document has no jwks_uri");
    return found.jwks_uri;
  }
}
