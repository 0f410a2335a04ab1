// `npm run bench:cpu`: how much CPU each kind of request takes, for docs/operating.md. Starts the control plane, makes the same
// request many times one after the other, and reads from /proc (Linux) how long workerd's threads ran. That includes the local
// D1 and the hub, which run in the same process, so it is more than what a request is charged for.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startControlPlane } from "../tools/control-plane.ts";
import { findFreePort } from "../tools/ports.ts";

const rounds = Number(process.env.ROUNDS || 300);
const stateDir = mkdtempSync(join(tmpdir(), "homeport-cpu-"));
const plane = await startControlPlane({ port: await findFreePort(), stateDir });

/** This process's descendants by name: pid to parent is the fourth field after the name in parentheses. */
function workerds(): number[] {
  const parents = new Map<number, { parent: number; name: string }>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, name = "", rest = ""] = /\((.*)\) \S (\d+)/s.exec(readFileSync(`/proc/${entry}/stat`, "utf8")) ?? [];
      parents.set(Number(entry), { parent: Number(rest), name });
    } catch {
      // has ended
    }
  }
  const isOurs = (pid: number): boolean =>
    pid === process.pid || (parents.has(pid) && isOurs(parents.get(pid)?.parent ?? 0));
  return [...parents].filter(([pid, { name }]) => name === "workerd" && isOurs(pid)).map(([pid]) => pid);
}

/** Milliseconds that all threads of these processes ran so far; a thread that ends meanwhile is missed. */
function cpuMs(pids: number[]): number {
  let ns = 0;
  for (const pid of pids) {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]);
    }
  }
  return ns / 1e6;
}

async function send(
  method: string,
  path: string,
  options: { token?: string; json?: object; form?: Record<string, string> },
) {
  const headers: Record<string, string> = options.token ? { authorization: `Bearer ${options.token}` } : {};
  if (options.json) headers["content-type"] = "application/json";
  const body = options.form ? new URLSearchParams(options.form) : options.json && JSON.stringify(options.json);
  const response = await fetch(plane.url + path, { method, headers, body: body ?? null });
  const text = await response.text();
  if (response.status >= 500) throw new Error(`${method} ${path} answered ${response.status} ${text}`);
  return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : null };
}

const pids = workerds();

async function measure(name: string, times: number, act: () => Promise<unknown>, warmUp = 20): Promise<void> {
  for (let i = 0; i < Math.min(warmUp, times); i++) await act();
  const before = cpuMs(pids);
  for (let i = 0; i < times; i++) await act();
  console.log(`| ${name} | ${((cpuMs(pids) - before) / times).toFixed(2)} | ${times} |`);
}

try {
  console.log("| request | ms of CPU | requests |\n|---|---|---|");
  const account = { name: "Ada", email: "ada@example.com", password: "correct horse battery" };
  await measure("first request for the description", 1, () => send("GET", "/v1/openapi.json", {}), 0);
  await measure("first request for the docs page", 1, () => send("GET", "/v1/docs", {}), 0);
  const { token } = (await send("POST", "/api/auth/sign-up/email", { json: account })).body;
  const { id } = (await send("POST", "/v1/devices", { token, json: { name: "Lamp" } })).body;
  const { token: appToken } = (await send("POST", "/v1/app-tokens", { token, json: { name: "cpu" } })).body;
  const jwt = (await send("GET", "/api/auth/token", { token })).body.token;

  await measure("GET /healthz", rounds, () => send("GET", "/healthz", {}));
  await measure("GET /v1/devices without a token (401)", rounds, () => send("GET", "/v1/devices", {}));
  await measure("GET /v1/devices/{id}, app's JWT", rounds, () => send("GET", `/v1/devices/${id}`, { token: jwt }));
  await measure("GET /v1/devices/{id}, app token", rounds, () => send("GET", `/v1/devices/${id}`, { token: appToken }));
  await measure("GET /v1/devices/{id}, session", rounds, () => send("GET", `/v1/devices/${id}`, { token }));
  await measure("GET /api/auth/token", rounds, () => send("GET", "/api/auth/token", { token }));
  await measure("POST /v1/devices", rounds, () => send("POST", "/v1/devices", { token: jwt, json: { name: "Lamp" } }));
  await measure("GET /v1/devices, 50 devices", rounds, () => send("GET", "/v1/devices", { token: jwt }));
  await measure("POST …/credentials", rounds, () => send("POST", `/v1/devices/${id}/credentials`, { token: jwt }));
  const message = { topic: "set/led", payload: "on" };
  await measure("POST …/messages, through the hub", rounds, () =>
    send("POST", `/v1/devices/${id}/messages`, { token: jwt, json: message }),
  );
  await measure("GET …/presence, through the hub", rounds, () =>
    send("GET", `/v1/devices/${id}/presence`, { token: jwt }),
  );
  // In turn, for each may check in so often a minute.
  const polling: string[] = [];
  for (let i = 0; i < Math.ceil((rounds + 20) / 30); i++) {
    const { id: deviceId } = (await send("POST", "/v1/devices", { token: jwt, json: { name: `Router ${i}` } })).body;
    polling.push((await send("POST", `/v1/devices/${deviceId}/credentials`, { token: jwt })).body.credential);
  }
  let turn = 0;
  const checkIn = async (method: string, options: { json?: object } = {}) => {
    const shown = polling[turn++ % polling.length] as string;
    const { status } = await send(method, "/v1/checkin", { token: shown, ...options });
    if (status !== 200) throw new Error(`a check-in answered ${status}`);
  };
  await measure("GET /v1/checkin, nothing new", rounds, () => checkIn("GET"));
  const report = { uptime: 1, cpu: 0.5, memory: 1000, firmwareVersion: "1.0" };
  await measure("POST /v1/checkin, three metrics", rounds, () => checkIn("POST", { json: report }));
  const form = { client_id: "lamp", grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: "x" };
  await measure("POST /v1/pairing/token", 100, () => send("POST", "/v1/pairing/token", { form }));
  await measure(
    "POST /v1/pairing/device_authorization",
    6,
    () => send("POST", "/v1/pairing/device_authorization", { form }),
    2,
  );
  await measure("GET /v1/openapi.json", rounds, () => send("GET", "/v1/openapi.json", {}));
  await measure("GET /v1/docs", rounds, () => send("GET", "/v1/docs", {}));
  await measure(
    "sign-in, with the hashing in its object",
    10,
    () => send("POST", "/api/auth/sign-in/email", { json: account }),
    2,
  );
} finally {
  await plane.stop();
  rmSync(stateDir, { recursive: true, force: true });
}
process.exit(0);
