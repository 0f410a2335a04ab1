// A desktop that shows notifications, as far as Chromium asks for one: a D-Bus of its own with the notification service of
// freedesktop.org on it. Somebody can click what it shows, which no other tool does to a browser without a screen.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Argument, type Call, type Fields, decodeCall, encodeMessage, messageLength } from "./dbus-messages.ts";

const service = "org.freedesktop.Notifications";
const [clientName, serviceName] = [":1.1", ":1.2"];

export class Desktop {
  readonly #folder = mkdtempSync(join(tmpdir(), "homeport-desktop-"));
  readonly #path = join(this.#folder, "bus");
  readonly #server = createServer((socket) => this.#serve(socket));
  readonly #sockets = new Set<Socket>();
  /** What it was asked to show, in order. */
  readonly shown: { title: string; text: string }[] = [];
  #last: Socket | null = null;
  #serial = 1;

  static async start(): Promise<Desktop> {
    const desktop = new Desktop();
    await new Promise<void>((resolve) => desktop.#server.listen(desktop.#path, resolve));
    return desktop;
  }

  /** For the environment of the browser. */
  get address(): string {
    return `unix:path=${this.#path}`;
  }

  /** Clicks the notification that was shown last. */
  click(): void {
    if (!this.#last) throw new Error("Nothing is shown.");
    const fields = { path: "/org/freedesktop/Notifications", interface: service, member: "ActionInvoked" };
    this.#send(this.#last, "signal", { ...fields, sender: serviceName, signature: "us" }, [
      this.shown.length,
      "default",
    ]);
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #send(socket: Socket, type: "reply" | "error" | "signal", fields: Fields, args: Argument[]): void {
    const { signature, ...rest } = fields;
    // An empty signature is that of no arguments, and left out.
    socket.write(encodeMessage(type, this.#serial++, signature === "" ? rest : fields, args));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {}).on("close", () => this.#sockets.delete(socket));
    let isAuthenticated = false;
    let pending = Buffer.alloc(0);
    socket.on("data", (data) => {
      pending = Buffer.concat([pending, data]);
      while (!isAuthenticated) {
        const end = pending.indexOf("\r\n");
        if (end < 0) return;
        const line = pending.toString("latin1", 0, end).replace("\0", "");
        pending = pending.subarray(end + 2);
        isAuthenticated = line === "BEGIN";
        if (!isAuthenticated) socket.write(`${authenticationAnswer(line)}\r\n`);
      }
      for (
        let length = messageLength(pending);
        length > 0 && pending.length >= length;
        length = messageLength(pending)
      ) {
        const call = decodeCall(pending.subarray(0, length));
        pending = pending.subarray(length);
        if (call) this.#answer(socket, call);
      }
    });
  }

  #answer(socket: Socket, call: Call): void {
    const sender = call.destination === service ? serviceName : "org.freedesktop.DBus";
    const fields = { replySerial: call.serial, destination: clientName, sender };
    const answer = this.#result(socket, call);
    if (answer) return this.#send(socket, "reply", { ...fields, signature: answer[0] }, answer.slice(1));
    const error = "org.freedesktop.DBus.Error.ServiceUnknown";
    this.#send(socket, "error", { ...fields, error, signature: "s" }, [`There is no ${call.member} ${call.args[0]}.`]);
  }

  /** The signature, then what it describes; null: there is no such thing here. */
  #result(socket: Socket, { member, args }: Call): [string, ...Argument[]] | null {
    const [first] = args;
    switch (member) {
      case "Hello":
        return ["s", clientName];
      case "AddMatch":
      case "RemoveMatch":
      case "CloseNotification":
        return [""];
      case "NameHasOwner":
        return ["b", first === service ? 1 : 0];
      case "GetNameOwner":
        return first === service ? ["s", serviceName] : null;
      case "ListActivatableNames":
        return ["as", [service]];
      case "GetCapabilities":
        return ["as", ["actions", "body"]];
      case "GetServerInformation":
        return ["ssss", "Desktop", "Homeport", "1", "1.2"];
      case "Notify":
        this.shown.push({ title: String(args[3]), text: String(args[4]) });
        this.#last = socket;
        return ["u", this.shown.length];
      default:
        return null;
    }
  }
}

/** It lets everybody in (EXTERNAL), as their user id is that of the tests. */
function authenticationAnswer(line: string): string {
  if (line === "AUTH EXTERNAL") return "DATA";
  if (line.startsWith("AUTH EXTERNAL ") || line === "DATA") return "OK 0123456789abcdef0123456789abcdef";
  return line.startsWith("AUTH") ? "REJECTED EXTERNAL" : "ERROR";
}
