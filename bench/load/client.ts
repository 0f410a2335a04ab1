// One client: opens its socket, connects, and subscribes unless its server has kept its session.
import { clientFrame, connectFrame, deviceId, subscribeFrame } from "./frames.ts";
import { connack, LoadSocket } from "./load-socket.ts";
import type { ClientPlace, Server, Traffic } from "../servers/server.ts";

export interface ClientPlan extends ClientPlace {
  traffic: Traffic;
  /** Among the user's clients of this role. */
  index: number;
  /** Whether it subscribes to the streams of its user's device. */
  subscribes: boolean;
  /** Whether its session ends with its connection. */
  clean: boolean;
}

export interface Client {
  socket: LoadSocket;
  userIndex: number;
  /** Whether the server kept its session. */
  resumed: boolean;
}

/** Each answer has to come within this. */
const answerWithinMs = 60_000;

export async function openClient(server: Server, plan: ClientPlan): Promise<Client> {
  const { path, password } = await server.door(plan, plan.traffic);
  const socket = await LoadSocket.open(server.port, path);
  if (password === null) return { socket, userIndex: plan.userIndex, resumed: false };
  const clientId = `${plan.role}-${plan.userIndex}-${plan.index}`;
  const connection = { clientId, username: deviceId(plan.userIndex), password, clean: plan.clean };
  socket.write(connectFrame(connection));
  const { type, flags, code } = await nextPacket(socket);
  if (type !== connack || code !== 0) throw new Error(`CONNECT was answered by type ${type}, code ${code}.`);
  const resumed = (flags & 1) === 1;
  if (plan.subscribes && !resumed) {
    socket.write(subscribeFrame(plan.userIndex, plan.traffic.qos));
    await nextPacket(socket);
  }
  return { socket, userIndex: plan.userIndex, resumed };
}

/** The next packet's type and the first two bytes of its body. */
export function nextPacket(socket: LoadSocket): Promise<{ type: number; flags: number; code: number }> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("The server did not answer.")), answerWithinMs);
    socket.onPacket = (type, bytes, body) => {
      clearTimeout(timer);
      socket.onPacket = () => {};
      resolve({ type, flags: bytes[body] ?? 0, code: bytes[body + 1] ?? 0 });
    };
    socket.onClose = () => {
      clearTimeout(timer);
      reject(new Error("The server ended the connection."));
    };
  });
}

/** Answers to packets of one frame, collected and sent in one. */
export class Answers {
  readonly #bytes: number[] = [];
  readonly #socket: LoadSocket;

  constructor(socket: LoadSocket) {
    this.#socket = socket;
  }

  /** `at`: where `bytes` hold the packet id. */
  add(type: number, bytes: Buffer, at: number): void {
    this.#bytes.push(type, 2, bytes[at] as number, bytes[at + 1] as number);
  }

  send(): void {
    if (this.#bytes.length > 0) this.#socket.write(clientFrame(Uint8Array.from(this.#bytes.splice(0))));
  }
}
