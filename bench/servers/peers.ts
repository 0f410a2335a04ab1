// Other MQTT brokers that speak WebSocket, measured beside Homeport where they are installed: mosquitto, and aedes on Node.
import { existsSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { findFreePort } from "../../tools/ports.ts";
import { type Server, startProcess } from "./server.ts";

/** Debian puts it outside an ordinary user's PATH; MOSQUITTO names another one. */
const mosquitto = process.env.MOSQUITTO ?? "/usr/sbin/mosquitto";

/** Null: not installed. */
export async function startMosquitto(folder: string): Promise<Server | null> {
  if (!existsSync(mosquitto)) return null;
  const port = await findFreePort();
  const config = join(folder, "mosquitto.conf");
  const settings = [
    `listener ${port} 127.0.0.1`,
    "protocol websockets",
    // 2.0.11 does not start with WebSockets alone.
    `listener ${await findFreePort()} 127.0.0.1`,
    "allow_anonymous true",
    "set_tcp_nodelay true",
    // The load's own window is the bound.
    "max_inflight_messages 0",
    "max_queued_messages 0",
  ];
  writeFileSync(config, `${settings.join("\n")}\n`);
  return { process: await startProcess(mosquitto, ["-c", config], port), name: "mosquitto", port, door };
}

/** Null: not installed. */
export async function startAedes(): Promise<Server | null> {
  try {
    createRequire(import.meta.url).resolve("aedes");
  } catch {
    return null;
  }
  const port = await findFreePort();
  const script = join(import.meta.dirname, "aedes-broker.js");
  return { process: await startProcess(process.execPath, [script, String(port)], port), name: "aedes", port, door };
}

/** Everybody may do everything: topics keep users apart. */
async function door(): Promise<{ path: string; password: string }> {
  return { path: "/mqtt", password: "any" };
}
