// The project's own `mqtt` package, 3.1.1 and 5.
import mqtt from "mqtt";
import { obey, options, say } from "./lines.mjs";

const { url, password, version, clientId, isPersistent, will } = options;
const client = mqtt.connect(url, {
  protocolVersion: version,
  username: "me",
  password,
  clientId,
  clean: !isPersistent,
  reconnectPeriod: 0,
  ...(version === 5 && isPersistent && { properties: { sessionExpiryInterval: 3600 } }),
  ...(will && { will: { topic: will.topic, payload: Buffer.from(will.text), qos: will.qos, retain: will.retain } }),
});
client.on("connect", ({ sessionPresent }) => say("connected", { sessionPresent }));
client.on("error", (error) => say("failed", { command: "connect", why: String(error) }));
client.on("close", () => say("closed"));
client.on("message", (topic, payload, { qos, retain }) =>
  say("message", { topic, text: payload.toString(), qos, retain }),
);

obey({
  async subscribe({ topic, qos }) {
    const [grant] = await client.subscribeAsync(topic, { qos });
    say("subscribed", { topic, qos: grant.qos });
  },
  async publish({ id, topic, text, qos, retain }) {
    await client.publishAsync(topic, text, { qos, retain });
    say("published", { id });
  },
  async disconnect() {
    await client.endAsync();
    process.exit(0);
  },
});
