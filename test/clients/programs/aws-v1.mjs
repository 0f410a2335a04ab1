// aws-iot-device-sdk (3.1.1), whose user name says which SDK it is. It connects with TLS alone: the tests put a front
// with a certificate of their own before the server. Authorisation by headers is the SDK's "custom authorizer".
import { obey, options, requireClient, say } from "./lines.mjs";

const { device } = requireClient("aws-iot-device-sdk");
const { hostname, port } = new URL(options.url);
const client = device({
  protocol: "wss-custom-auth",
  host: hostname,
  port: Number(port),
  region: "local",
  customAuthHeaders: { "x-amz-customauthorizer-name": "homeport" },
  username: "me",
  password: options.password,
  clientId: options.clientId,
  clean: !options.isPersistent,
  autoResubscribe: false,
  minimumConnectionTimeMs: 60_000,
  websocketOptions: { rejectUnauthorized: false },
  ...(options.will && {
    will: { ...options.will, payload: options.will.text },
  }),
});
client.on("connect", ({ sessionPresent }) => say("connected", { sessionPresent }));
client.on("error", (error) => say("failed", { command: "connect", why: String(error) }));
client.on("close", () => say("closed"));
client.on("message", (topic, payload, { qos, retain }) =>
  say("message", { topic, text: payload.toString(), qos, retain }),
);

obey({
  subscribe({ topic, qos }) {
    client.subscribe(topic, { qos }, (error, granted) => {
      if (error) say("failed", { command: "subscribe", why: String(error) });
      else say("subscribed", { topic, qos: granted[0].qos });
    });
  },
  publish({ id, topic, text, qos, retain }) {
    client.publish(topic, text, { qos, retain }, (error) => {
      if (error) say("failed", { command: "publish", why: String(error) });
      else say("published", { id });
    });
  },
  disconnect: () => client.end(false, () => process.exit(0)),
});
