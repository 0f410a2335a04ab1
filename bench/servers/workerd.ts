// Runs workerd itself, as wrangler installed it, from a configuration made here. Knows no Worker's meaning.
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { wranglerSetting } from "../build.ts";
import { type ServerProcess, startProcess } from "./server.ts";

export interface WorkerService {
  name: string;
  /** Path of its only module. */
  module: string;
  /** Class names of its Durable Objects; each is stored in SQLite. */
  durableObjects?: string[];
  /** Bindings in workerd's own notation. */
  bindings: string[];
}

const require = createRequire(import.meta.url);

/** The runtime's binary. */
function workerdPath(): string {
  return (createRequire(require.resolve("wrangler"))("workerd") as { default: string }).default;
}

/** Starts a workerd whose `ports` answer for the services named. State is kept on disk, below `folder`. */
export function startWorkerd(
  folder: string,
  services: WorkerService[],
  ports: Record<string, number>,
  inspectorPort?: number,
): Promise<ServerProcess> {
  const state = join(folder, "state");
  mkdirSync(state, { recursive: true });
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "state", disk = (path = ${quoted(state)}, writable = true)),
    ${services.map((service) => serviceEntry(service, folder)).join(",\n    ")}
  ],
  sockets = [
    ${Object.entries(ports)
      .map(([service, port]) => socketEntry(service, port))
      .join(",\n    ")}
  ],
);
`;
  const path = join(folder, "workerd.capnp");
  writeFileSync(path, config);
  const inspector = inspectorPort === undefined ? [] : [`--inspector-addr=127.0.0.1:${inspectorPort}`];
  const args = ["serve", "--experimental", ...inspector, path];
  return startProcess(workerdPath(), args, Object.values(ports)[0] as number);
}

function serviceEntry({ name, module, durableObjects = [], bindings }: WorkerService, folder: string): string {
  const namespaces = durableObjects.map(
    (className) => `(className = ${quoted(className)}, uniqueKey = ${quoted(className)}, enableSql = true)`,
  );
  return `(name = ${quoted(name)}, worker = (
      modules = [(name = "worker.js", esModule = embed ${quoted(relative(folder, module))})],
      compatibilityDate = ${wranglerSetting("compatibility_date")},
      compatibilityFlags = ${wranglerSetting("compatibility_flags")},
      durableObjectNamespaces = [${namespaces.join(", ")}],
      durableObjectStorage = (localDisk = "state"),
      bindings = [${bindings.join(", ")}],
    ))`;
}

function socketEntry(service: string, port: number): string {
  return `(name = ${quoted(service)}, address = "127.0.0.1:${port}", http = (), service = ${quoted(service)})`;
}

/** Text in workerd's notation. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}

export function textBinding(name: string, text: string): string {
  return `(name = ${quoted(name)}, text = ${quoted(text)})`;
}

/** A namespace of this or of another service's Durable Objects. */
export function objectsBinding(name: string, className: string, service?: string): string {
  const designator = service
    ? `(className = ${quoted(className)}, serviceName = ${quoted(service)})`
    : quoted(className);
  return `(name = ${quoted(name)}, durableObjectNamespace = ${designator})`;
}
