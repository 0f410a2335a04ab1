// aws-iot-device-sdk-v2 on aws-crt, its 3.1.1 client, configured by the SDK's own builder; only TLS is taken off again.
import { obey, options, requireClient, say } from "./lines.mjs";

const { iot, io, mqtt } = requireClient("aws-iot-device-sdk-v2");
const { hostname, port, pathname } = new URL(options.url);
const config = iot.AwsIotMqttConnectionConfigBuilder.new_with_websockets({
  create_signing_config: undefined,
})
  .with_client_id(options.clientId)
  .with_endpoint(hostname)
  .with_clean_session(!options.isPersistent)
  .with_custom_authorizer("me", "homeport", "", options.password)
  .build();
config.tls_ctx = undefined;
config.port = Number(port);
config.socket_options = new io.SocketOptions();
config.websocket_handshake_transform = (request, done) => {
  request.path = pathname;
  done();
};
if (options.will) {
  const { topic, text, qos, retain } = options.will;
  config.will = new mqtt.MqttWill(topic, qos, Buffer.from(text), retain);
}
const connection = new mqtt.MqttClient(new io.ClientBootstrap()).new_connection(config);
connection.on("message", (topic, payload, _dup, qos, retain) =>
  say("message", { topic, text: Buffer.from(payload).toString(), qos, retain }),
);
connection.on("interrupt", () => say("closed"));
connection.on("error", (error) => say("failed", { command: "connect", why: String(error) }));
say("connected", { sessionPresent: await connection.connect() });

obey({
  async subscribe({ topic, qos }) {
    const granted = await connection.subscribe(topic, qos);
    say("subscribed", { topic, qos: granted.qos });
  },
  async publish({ id, topic, text, qos, retain }) {
    await connection.publish(topic, text, qos, retain);
    say("published", { id });
  },
  async disconnect() {
    await connection.disconnect();
    process.exit(0);
  },
});
