// paho-mqtt for JavaScript, 3.1.1: written for browsers, so it is given a WebSocket, and a localStorage for its sessions.
import { WebSocket } from "ws";
import { obey, options, requireClient, say } from "./lines.mjs";

globalThis.WebSocket = WebSocket;
const kept = new Map();
globalThis.localStorage = {
  getItem: (key) => kept.get(key) ?? null,
  setItem: (key, value) => kept.set(key, value),
  removeItem: (key) => kept.delete(key),
  key: (index) => [...kept.keys()][index] ?? null,
  get length() {
    return kept.size;
  },
};
const { Client, Message } = requireClient("paho-mqtt");

function message({ topic, text, qos, retain }) {
  const made = new Message(text);
  made.destinationName = topic;
  made.qos = qos;
  made.retained = retain;
  return made;
}

const client = new Client(options.url, options.clientId);
const published = new Map();
client.onMessageArrived = ({ destinationName, payloadString, qos, retained }) =>
  say("message", { topic: destinationName, text: payloadString, qos, retain: retained });
client.onMessageDelivered = (sent) => say("published", { id: published.get(sent) });
client.onConnectionLost = () => say("closed");
client.connect({
  mqttVersion: 4,
  userName: "me",
  password: options.password,
  cleanSession: !options.isPersistent,
  ...(options.will && { willMessage: message(options.will) }),
  // It does not tell whether the session was present.
  onSuccess: () => say("connected", { sessionPresent: null }),
  onFailure: ({ errorMessage }) => say("failed", { command: "connect", why: errorMessage }),
});

obey({
  subscribe({ topic, qos }) {
    client.subscribe(topic, {
      qos,
      onSuccess: ({ grantedQos }) => say("subscribed", { topic, qos: Number(grantedQos[0] ?? grantedQos) }),
      onFailure: ({ errorMessage }) => say("failed", { command: "subscribe", why: errorMessage }),
    });
  },
  publish({ id, ...fields }) {
    const made = message(fields);
    published.set(made, id);
    client.send(made);
  },
  disconnect() {
    client.disconnect();
    process.stdin.destroy(); // nothing else keeps the process
  },
});
