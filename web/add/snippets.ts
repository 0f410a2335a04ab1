// Ready-to-paste ways to connect a device, by what it is. Code is the same in every language, so it is not among the messages.
import { espHome, nodeRed, tasmota } from "./snippets-firmware.ts";
import { arduino, espIdf, microPython } from "./snippets-boards.ts";
import { curl, mosquitto, node, python, routerOs } from "./snippets-programs.ts";

/** Everything a snippet needs to be complete. */
export interface SnippetValues {
  deviceId: string;
  credential: string;
  /** `wss://HOST/mqtt/{hubKey}` */
  mqttUrl: string;
  /** `https://HOST` */
  baseUrl: string;
}

export interface Snippet {
  key: string;
  title: string;
  /** The file's name, or what it is pasted into. */
  file: string;
  code(values: SnippetValues): string;
  /** Speaks MQTT over TCP and so needs the gateway. */
  needsGateway?: boolean;
  /** Publishes and subscribes outside of its own topics. */
  grants?: (values: SnippetValues) => { publish: string[]; subscribe: string[] };
}

export const snippets: Snippet[] = [
  arduino,
  espIdf,
  microPython,
  node,
  python,
  espHome,
  tasmota,
  nodeRed,
  mosquitto,
  routerOs,
  curl,
];
