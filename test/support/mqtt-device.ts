// A device with the stock mqtt.js, for stories in which it is one of several actors.
import mqtt, { type MqttClient } from "mqtt";

export interface DeviceAccess {
  deviceId: string;
  mqttUrl: string;
  credential: string;
}

export class MqttDevice {
  readonly id: string;
  readonly client: MqttClient;
  readonly received: { topic: string; text: string }[] = [];

  private constructor(id: string, client: MqttClient) {
    this.id = id;
    this.client = client;
    client.on("message", (topic, payload) => this.received.push({ topic, text: payload.toString() }));
  }

  static async connect({ deviceId, mqttUrl, credential }: DeviceAccess): Promise<MqttDevice> {
    const client = await mqtt.connectAsync(mqttUrl, { username: "device", password: credential, protocolVersion: 5 });
    return new MqttDevice(deviceId, client);
  }

  /** Below `devices/{id}/`. */
  async publish(path: string, text: string): Promise<void> {
    await this.client.publishAsync(`devices/${this.id}/${path}`, text, { qos: 1 });
  }

  async subscribe(path: string): Promise<void> {
    await this.client.subscribeAsync(`devices/${this.id}/${path}`, { qos: 1 });
  }

  /** What came to a topic below its own, in order. */
  textsTo(path: string): string[] {
    return this.received.filter(({ topic }) => topic === `devices/${this.id}/${path}`).map(({ text }) => text);
  }

  /** Does what it is asked to: says every `set/{name}` as its stream. */
  async obey(): Promise<void> {
    await this.subscribe("set/+");
    this.client.on("message", (topic, payload) => {
      const name = /\/set\/([^/]+)$/.exec(topic)?.[1];
      if (name !== undefined) void this.publish(`streams/${name}`, payload.toString());
    });
  }

  async end(): Promise<void> {
    await this.client.endAsync(true);
  }
}
