// A network between clients and the server in which every byte takes its time. What is on its way when either side ends is
// lost, so that a crash finds messages and acknowledgements at every stage.
import { type Server, type Socket, connect, createServer } from "node:net";
import { findFreePort } from "../../tools/ports.ts";

export class SlowNetwork {
  readonly port: number;
  readonly #server: Server;

  private constructor(port: number, server: Server) {
    this.port = port;
    this.#server = server;
  }

  static async start(targetPort: number, delayMs: number): Promise<SlowNetwork> {
    const server = createServer((near) => {
      const far = connect(targetPort, "127.0.0.1");
      const lose = (): void => {
        near.destroy();
        far.destroy();
      };
      for (const socket of [near, far]) socket.setNoDelay(true).on("error", lose).on("close", lose);
      carry(near, far, delayMs);
      carry(far, near, delayMs);
    });
    const port = await findFreePort();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    return new SlowNetwork(port, server);
  }

  /** The same address, by way of this network. */
  through(url: string): string {
    const address = new URL(url);
    address.port = String(this.port);
    return address.href;
  }

  /** New connections are refused; those there are end with their clients. */
  stop(): void {
    this.#server.close();
  }
}

function carry(from: Socket, to: Socket, delayMs: number): void {
  from.on("data", (bytes) => {
    setTimeout(() => {
      if (!to.destroyed) to.write(bytes);
    }, delayMs);
  });
}
