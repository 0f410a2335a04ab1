// The few calls of the HTTP API that the demo and the process tests make, as any program would make them.
import { Failure } from "./failure.ts";

export interface Device {
  id: string;
  name: string;
}

/** What is needed to connect with MQTT; the secret is the MQTT password. */
export interface MqttAccess {
  secret: string;
  hubKey: string;
  /** The direct door: names the hub. */
  mqttUrl: string;
}

export class Api {
  readonly #url: string;
  #token: string | null;

  /** With the token of a session that an Api has begun elsewhere, or without: then sign up or in first. */
  constructor(url: string, token: string | null = null) {
    this.#url = url;
    this.#token = token;
  }

  get token(): string | null {
    return this.#token;
  }

  async signUp(account: { email: string; password: string; name: string }): Promise<void> {
    this.#token = (await this.request<{ token: string }>("POST", "/api/auth/sign-up/email", account)).token;
  }

  async signIn(account: { email: string; password: string }): Promise<void> {
    const { email, password } = account;
    const answer = await this.request<{ token: string }>("POST", "/api/auth/sign-in/email", { email, password });
    this.#token = answer.token;
  }

  createDevice(name: string): Promise<Device> {
    return this.request("POST", "/v1/devices", { name });
  }

  async findDevices(name?: string): Promise<Device[]> {
    const query = name === undefined ? "" : `?name=${encodeURIComponent(name)}`;
    return (await this.request<{ items: Device[] }>("GET", `/v1/devices${query}`)).items;
  }

  /** Replaces the device's credential, if it had one. */
  async issueCredential(deviceId: string): Promise<MqttAccess & { relayUrl: string }> {
    type Answer = { credential: string; hubKey: string; mqttUrl: string; relayUrl: string };
    const { credential, ...rest } = await this.request<Answer>("POST", `/v1/devices/${deviceId}/credentials`, {});
    return { secret: credential, ...rest };
  }

  async revokeCredential(deviceId: string): Promise<void> {
    await this.request("DELETE", `/v1/devices/${deviceId}/credentials`);
  }

  /** A token for programs of the user that stay connected longer than an app's JWT lives. */
  async createAppToken(name: string, expiresInDays: number): Promise<MqttAccess> {
    type Answer = { token: string; hubKey: string; mqttUrl: string };
    const { token, ...rest } = await this.request<Answer>("POST", "/v1/app-tokens", { name, expiresInDays });
    return { secret: token, ...rest };
  }

  /** The JWT of an app the user has signed in to. */
  async appJwt(): Promise<MqttAccess> {
    const answer = await this.request<{ token: string; hubKey: string; mqttUrl: string }>("GET", "/api/auth/token");
    return { secret: answer.token, hubKey: answer.hubKey, mqttUrl: answer.mqttUrl };
  }

  /** The JSON of the answer, whose shape the caller knows. Throws a Failure with the server's own sentence. */
  async request<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await this.fetch(method, path, body);
    const text = await response.text();
    if (!response.ok) throw new Failure(`${method} ${path} answered ${response.status}: ${text}`);
    return (text === "" ? null : JSON.parse(text)) as T;
  }

  /** The answer, whatever it is. Throws a Failure when there is none. */
  async fetch(method: string, path: string, body?: object): Promise<Response> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (body) headers["content-type"] = "application/json";
    if (this.#token !== null) headers.authorization = `Bearer ${this.#token}`;
    try {
      return await fetch(this.#url + path, {
        method,
        headers,
        body: body ? JSON.stringify(body) : null,
        signal: AbortSignal.timeout(15_000),
      });
    } catch (error) {
      throw new Failure(`${method} ${path} got no answer: ${String(error)}`);
    }
  }
}
