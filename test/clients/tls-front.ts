// TLS before the test server, with a certificate of its own, for clients that speak nothing else. Every connection's bytes
// go through as they are.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { type Server, createServer } from "node:tls";
import { findFreePort } from "../../tools/ports.ts";

export class TlsFront {
  readonly port: number;
  readonly #server: Server;

  private constructor(port: number, server: Server) {
    this.port = port;
    this.#server = server;
  }

  /** Before the server at `url`. */
  static async start(url: string): Promise<TlsFront> {
    const { hostname, port: target } = new URL(url);
    const server = createServer(makeCertificate(), (socket) => {
      const behind = connect(Number(target), hostname);
      pipeline(socket, behind, socket, () => {}); // whichever end fails ends the other
    });
    server.on("tlsClientError", () => {});
    const port = await findFreePort();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return new TlsFront(port, server);
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function makeCertificate(): { cert: Buffer; key: Buffer } {
  const dir = mkdtempSync(join(tmpdir(), "homeport-tls-"));
  try {
    const [cert, key] = [join(dir, "cert.pem"), join(dir, "key.pem")];
    const request = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1";
    const { status, stderr } = spawnSync("openssl", [...request.split(" "), "-keyout", key, "-out", cert]);
    if (status !== 0) throw new Error(`openssl: ${stderr.toString()}`);
    return { cert: readFileSync(cert), key: readFileSync(key) };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
