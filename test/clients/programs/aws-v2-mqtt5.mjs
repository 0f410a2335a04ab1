// aws-iot-device-sdk-v2 on aws-crt, its MQTT 5 client, configured by the SDK's own builder; only TLS is taken off again.
import { obey, options, requireClient, say } from "./lines.mjs";

const { iot, mqtt5 } = requireClient("aws-iot-device-sdk-v2");
const { hostname, port, pathname } = new URL(options.url);
const config = iot.AwsIotMqtt5ClientConfigBuilder.newWebsocketMqttBuilderWithCustomAuth(hostname, {
  username: "me?SDK=NodeJSv2&Version=1.28.0",
  authorizerName: "homeport",
  password: Buffer.from(options.password),
})
  .withPort(Number(port))
  .withSessionBehavior(
    options.isPersistent ? mqtt5.ClientSessionBehavior.RejoinAlways : mqtt5.ClientSessionBehavior.Clean,
  )
  .withConnectProperties({
    clientId: options.clientId,
    keepAliveIntervalSeconds: 60,
    ...(options.isPersistent && { sessionExpiryIntervalSeconds: 3600 }),
    ...(options.will && {
      will: {
        topicName: options.will.topic,
        payload: Buffer.from(options.will.text),
        qos: options.will.qos,
        retain: options.will.retain,
      },
    }),
  })
  .build();
config.tlsCtx = undefined;
config.websocketHandshakeTransform = (request, done) => {
  request.path = pathname;
  done(0);
};
const client = new mqtt5.Mqtt5Client(config);
client.on("connectionSuccess", ({ connack }) => say("connected", { sessionPresent: connack.sessionPresent }));
client.on("connectionFailure", ({ error }) => say("failed", { command: "connect", why: String(error) }));
client.on("disconnection", () => say("closed"));
client.on("messageReceived", ({ message: { topicName, payload, qos, retain } }) =>
  say("message", { topic: topicName, text: Buffer.from(payload ?? "").toString(), qos, retain: retain ?? false }),
);
client.start();

obey({
  async subscribe({ topic, qos }) {
    const { reasonCodes } = await client.subscribe({ subscriptions: [{ topicFilter: topic, qos }] });
    say("subscribed", { topic, qos: reasonCodes[0] });
  },
  async publish({ id, topic, text, qos, retain }) {
    await client.publish({ topicName: topic, payload: text, qos, retain });
    say("published", { id });
  },
  disconnect() {
    client.on("stopped", () => process.exit(0));
    client.stop({ reasonCode: 0 });
  },
});
