// The ports the gateway takes connections on: plain TCP, and TLS with a certificate that may be renewed meanwhile.
import { readFileSync, statSync } from "node:fs";
import { type AddressInfo, type Server, type Socket, createServer } from "node:net";
import { type Server as TlsServer, createSecureContext, createServer as createTlsServer } from "node:tls";
import { Failure } from "../failure.ts";
import type { Log } from "./log.ts";
import type { Address, GatewayOptions } from "./options.ts";

export type Accept = (tcp: Socket) => void;

const tlsHandshakeTimeoutMs = 10_000;
const certificateCheckMs = 60_000;

/** Listens; a half-closed connection stays open for answers. Throws a Failure. */
export async function listenPlain(address: Address, accept: Accept): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, accept);
  return listen(server, address, "--listen");
}

/** As `listenPlain`. At most `maxConnections` strangers at a time are heard until they have finished TLS's handshake. */
export async function listenTls(
  { listen: address, certFile, keyFile }: NonNullable<GatewayOptions["tls"]>,
  maxConnections: number,
  accept: Accept,
  log: Log,
): Promise<Server> {
  const options = { allowHalfOpen: true, handshakeTimeout: tlsHandshakeTimeoutMs };
  const server = createTlsServer({ ...options, ...readCertificate(certFile, keyFile) }, accept);
  server.maxConnections = maxConnections;
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  await listen(server, address, "--tls-listen");
  renew(server, certFile, keyFile, log);
  return server;
}

export function addressText(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`;
}

function listen<T extends Server>(server: T, { host, port }: Address, flag: string): Promise<T> {
  return new Promise((resolve, reject) => {
    server.on("error", (error: NodeJS.ErrnoException) => {
      reject(new Failure(`${listenProblem(error, host, port)} ${flag} chooses another.`));
    });
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

function listenProblem(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} is taken on ${host}: stop what listens there (ss -ltnp shows it).`;
    case "EACCES":
      return `Port ${port} may be listened on by root alone.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${host} is no address of this machine.`;
    default:
      return `Cannot listen on ${host}, port ${port}: ${error.message}.`;
  }
}

function readCertificate(certFile: string, keyFile: string): { cert: Buffer; key: Buffer } {
  const [cert, key] = [readFile("--tls-cert", certFile), readFile("--tls-key", keyFile)];
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    throw new Failure(`${certFile} and ${keyFile} are no certificate and its key: ${(error as Error).message}.`);
  }
  return { cert, key };
}

function readFile(flag: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Failure(`${flag} cannot be read: ${(error as Error).message}.`);
  }
}

/** Takes a renewed certificate over for new connections; keeps the old one while the new files are unfinished. */
function renew(server: TlsServer, certFile: string, keyFile: string, log: Log): void {
  const changedAt = (): string => [certFile, keyFile].map((file) => statSync(file).mtimeMs).join();
  let seen = changedAt();
  const timer = setInterval(() => {
    try {
      const now = changedAt();
      if (now === seen) return;
      server.setSecureContext(readCertificate(certFile, keyFile));
      seen = now;
      log("certificate.renewed", "The renewed certificate is in use.");
    } catch (error) {
      const { message } = error as Error;
      log("certificate.unusable", `The old certificate stays in use: ${message}`, { reason: message });
    }
  }, certificateCheckMs);
  timer.unref();
}
