// What the gateway is told: by flags, or by environment variables of the same names. Every mistake is a sentence.
import { parseArgs } from "node:util";
import { Failure } from "../failure.ts";

export interface Address {
  host: string;
  /** 0: whichever is free. */
  port: number;
}

export interface GatewayOptions {
  /** ws: or wss:, path included. */
  url: string;
  /** Shown with every upgrade; then the clients need no password. */
  token: string | null;
  listen: Address | null;
  tls: { listen: Address; certFile: string; keyFile: string } | null;
  maxConnections: number;
  /** 0: no reports but those that are asked for. */
  reportSeconds: number;
  isJson: boolean;
}

const defaults: Record<string, string> = {
  url: "ws://127.0.0.1:8787/mqtt",
  listen: "127.0.0.1:1883",
  "tls-listen": "127.0.0.1:8883",
  "max-connections": "1000",
  report: "60",
};

export const gatewayHelp = `npm run gateway -- [options]

Lets MQTT clients that speak TCP and no WebSocket into the cloud: carries the bytes of each connection to a WebSocket
of its own, unchanged, and back. Runs until Ctrl-C or SIGTERM. SIGUSR1 prints a report.

  --url URL               where the cloud is: wss://HOST/mqtt, or wss://HOST/mqtt/{hubKey} for the devices of one user,
                          which is cheaper (default ${defaults.url}, that of npm start)
  --listen HOST:PORT      where to take plain TCP (default ${defaults.listen}); 0.0.0.0:1883 for the whole network;
                          none for none
  --tls-cert FILE         certificate chain in PEM: take TLS too; a renewed file is noticed within a minute
  --tls-key FILE          its key in PEM
  --tls-listen HOST:PORT  where to take TLS (default ${defaults["tls-listen"]})
  --token TOKEN           an app token or a device's credential to show for everybody: whoever reaches the port is in,
                          without a password (better given as GATEWAY_TOKEN: arguments can be seen by other users)
  --max-connections N     at one time (default ${defaults["max-connections"]})
  --report SECONDS        between two reports (default ${defaults.report}; 0: none)
  --json                  the log as JSON, a line an event
  --help                  this text

Each option can also come from the environment: GATEWAY_URL, GATEWAY_LISTEN, GATEWAY_TLS_CERT and so on. More in
docs/gateway.md.`;

/** Null: the help was asked for. Throws a Failure. */
export function readGatewayOptions(args: string[], env: Record<string, string | undefined>): GatewayOptions | null {
  const flags = readFlags(args);
  if (flags.help) return null;
  const read = (name: string): string => {
    const given = flags[name] ?? env[`GATEWAY_${name.toUpperCase().replaceAll("-", "_")}`];
    return typeof given === "string" && given !== "" ? given : (defaults[name] ?? "");
  };

  const listen = read("listen") === "none" ? null : readAddress("listen", read("listen"));
  const [certFile, keyFile] = [read("tls-cert"), read("tls-key")];
  if ((certFile === "") !== (keyFile === "")) throw new Failure("TLS needs both --tls-cert and --tls-key.");
  const tls = certFile === "" ? null : { listen: readAddress("tls-listen", read("tls-listen")), certFile, keyFile };
  if (listen === null && tls === null) throw new Failure("--listen none leaves nothing to listen on but TLS.");
  return {
    url: readUrl(read("url")),
    token: readToken(read("token")),
    listen,
    tls,
    maxConnections: readNumber("max-connections", read("max-connections"), 1, 1_000_000),
    reportSeconds: readNumber("report", read("report"), 0, 86_400),
    isJson: flags.json === true || ["1", "true"].includes(read("json")),
  };
}

function readFlags(args: string[]): Record<string, string | boolean | undefined> {
  const text = { type: "string" } as const;
  const named = ["url", "listen", "tls-cert", "tls-key", "tls-listen", "token", "max-connections", "report"];
  const options = {
    ...Object.fromEntries(named.map((name) => [name, text])),
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  } as const;
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Failure(`${(error as Error).message} Try --help.`);
  }
}

function readUrl(text: string): string {
  const example = "It looks like wss://cloud.example.com/mqtt.";
  if (!URL.canParse(text)) throw new Failure(`--url must be an address, not "${text}". ${example}`);
  const url = new URL(text);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (!["ws:", "wss:"].includes(url.protocol)) throw new Failure(`--url must begin with wss: or ws:. ${example}`);
  if (url.username !== "" || url.password !== "") {
    throw new Failure("--url must not hold a password: a token goes into GATEWAY_TOKEN.");
  }
  if (url.hash !== "") throw new Failure(`--url must not have a part after #. ${example}`);
  if (url.pathname === "/") url.pathname = "/mqtt";
  return url.href;
}

/** A port alone is one of this machine's own address. */
function readAddress(name: string, text: string): Address {
  const match = /^(?:(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]*)):)?(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.port);
  if (!match || port > 65_535) throw new Failure(`--${name} must be HOST:PORT or a port, not "${text}".`);
  return { host: match.groups?.v6 ?? (match.groups?.host || "127.0.0.1"), port };
}

function readToken(text: string): string | null {
  if (!/^[\x21-\x7e]*$/.test(text)) throw new Failure("--token must be a token as the cloud issued it.");
  return text === "" ? null : text;
}

function readNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Failure(`--${name} must be a number from ${min} to ${max}, not "${text}".`);
}
