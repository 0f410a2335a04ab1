// Node-RED without its editor and HTTP: its own MQTT nodes in a flow of a few function nodes that obey and say. It runs as
// its documentation has it for programs that embed it, from a flows file.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { obey, options, requireClient, say } from "./lines.mjs";

const RED = requireClient("node-red");
const { url, password, version, clientId, isPersistent, will, resumes } = options;
const userDir = mkdtempSync(join(tmpdir(), "homeport-node-red-"));
process.on("exit", () => rmSync(userDir, { recursive: true, force: true }));

const broker = {
  id: "broker",
  type: "mqtt-broker",
  broker: url,
  clientid: clientId,
  autoConnect: true,
  protocolVersion: String(version),
  keepalive: "60",
  cleansession: !isPersistent,
  autoUnsubscribe: false,
  sessionExpiry: isPersistent ? "3600" : "",
  ...(will && {
    willTopic: will.topic,
    willPayload: will.text,
    willQos: String(will.qos),
    willRetain: String(will.retain),
    willMsg: {},
  }),
};
const inFlow = (id, type, fields, wires = []) => ({ id, type, z: "flow", x: 0, y: 0, wires, ...fields });
const mqttIn = { broker: "broker", datatype: "utf8", nl: false, rap: true, rh: 0 };
const flows = [
  broker,
  { id: "flow", type: "tab", label: "client" },
  inFlow("commands", "function", { initialize: "global.get('obey')(node);", func: "return null;", outputs: 2 }, [
    ["in"],
    ["out"],
  ]),
  inFlow("in", "mqtt in", { ...mqttIn, topic: "", qos: "2", inputs: 1 }, [["heard"]]),
  // A session is resumed by the same flow, deployed again: with the subscriptions that it has.
  ...resumes.map(({ topic, qos }, index) =>
    inFlow(`in${index}`, "mqtt in", { ...mqttIn, topic, qos: String(qos), inputs: 0 }, [["heard"]]),
  ),
  inFlow("out", "mqtt out", { broker: "broker", topic: "", qos: "", retain: "" }),
  inFlow("done", "complete", { scope: ["out"] }, [["published"]]),
  inFlow("heard", "function", { func: "global.get('heard')(msg);", outputs: 0 }),
  inFlow("published", "function", { func: "global.get('published')(msg);", outputs: 0 }),
];
writeFileSync(join(userDir, "flows.json"), JSON.stringify(flows));
writeFileSync(join(userDir, "flows_cred.json"), JSON.stringify({ broker: { user: "me", password } }));

RED.init({
  userDir,
  flowFile: "flows.json",
  credentialSecret: false,
  httpAdminRoot: false,
  httpNodeRoot: false,
  disableEditor: true,
  telemetry: { enabled: false },
  nodesExcludes: [/** What would only cost time. */ "90-exec.js", "28-tail.js", "21-httprequest.js"],
  logging: { console: { level: "warn", metrics: false, audit: false } },
  functionGlobalContext: {
    obey: (node) => {
      obey({
        subscribe: ({ topic, qos }) => node.send([{ action: "subscribe", topic: [{ topic, qos }] }, null]),
        publish: ({ id, topic, text, qos, retain }) => node.send([null, { id, topic, payload: text, qos, retain }]),
        async disconnect() {
          await RED.stop();
          process.exit(0);
        },
      });
    },
    heard: ({ topic, payload, qos, retain }) => say("message", { topic, text: payload, qos, retain }),
    published: ({ id }) => say("published", { id }),
  },
});
await RED.start();

// The nodes tell nobody of CONNACK and SUBACK: look at their client's packets.
const topics = new Map();
function watch(client) {
  client.on("packetsend", (packet) => {
    if (packet.cmd === "subscribe") topics.set(packet.messageId, packet.subscriptions[0].topic);
  });
  client.on("packetreceive", (packet) => {
    if (packet.cmd === "connack") say("connected", { sessionPresent: packet.sessionPresent });
    if (packet.cmd === "suback") say("subscribed", { topic: topics.get(packet.messageId), qos: packet.granted[0] });
  });
  client.on("error", (error) => say("failed", { command: "connect", why: String(error) }));
  client.on("close", () => say("closed"));
}
const waiting = setInterval(() => {
  const client = RED.nodes.getNode("broker")?.client;
  if (!client) return;
  clearInterval(waiting);
  watch(client);
}, 1);
