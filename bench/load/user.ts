// One user under load: a device that sends, apps that receive. Never more than so many frames are under way, so that the
// server is always busy and never flooded.
import { clientFrame, connectFrame, deviceId, publishFrames, subscribeFrame } from "./frames.ts";
import { LoadSocket, puback, publish } from "./load-socket.ts";
import type { Server, Traffic } from "../servers/server.ts";

export interface UserPlan extends Traffic {
  userIndex: number;
  apps: number;
  /** Frames of the device that may be under way. */
  window: number;
}

export class LoadUser {
  readonly #plan: UserPlan;
  readonly #device: LoadSocket;
  readonly #apps: LoadSocket[];
  readonly #frames: Buffer[];
  #sentFrames = 0;
  #acknowledged = 0;
  #deliveries = 0;
  #isSending = false;
  /** Called when nothing is under way any more and nothing more is sent. */
  #onIdle: () => void = () => {};

  private constructor(plan: UserPlan, device: LoadSocket, apps: LoadSocket[]) {
    this.#plan = plan;
    this.#device = device;
    this.#apps = apps;
    this.#frames = publishFrames(plan.userIndex, plan, plan.window);
    device.onPacket = (type) => {
      if (type === puback) this.#acknowledged++;
    };
    device.onFrame = () => this.#advance();
    for (const app of apps) this.#receive(app);
  }

  /** Connects a user's clients; apps first, and subscribed. */
  static async connect(server: Server, plan: UserPlan): Promise<LoadUser> {
    const apps: LoadSocket[] = [];
    for (let i = 0; i < plan.apps; i++) apps.push(await openClient(server, plan, "app", i));
    return new LoadUser(plan, await openClient(server, plan, "device", 0), apps);
  }

  /** Packets that have reached all apps and, at QoS 1, were acknowledged. */
  get done(): number {
    const delivered = Math.floor(this.#deliveries / this.#apps.length);
    return this.#plan.qos === 0 ? delivered : Math.min(delivered, this.#acknowledged);
  }

  start(): void {
    this.#isSending = true;
    this.#advance();
  }

  /** Sends nothing more and settles when nothing is under way. */
  finish(): Promise<void> {
    this.#isSending = false;
    return new Promise((resolve) => {
      this.#onIdle = resolve;
      this.#advance();
    });
  }

  /** Sends one frame and settles when it is done. */
  sendOne(): Promise<void> {
    this.#send();
    return this.finish();
  }

  close(): void {
    for (const socket of [this.#device, ...this.#apps]) socket.destroy();
  }

  #advance(): void {
    let underWay = this.#sentFrames - this.done / this.#plan.packetsPerFrame;
    if (!this.#isSending) {
      if (underWay === 0) this.#onIdle();
      return;
    }
    for (; underWay <= this.#plan.window - 1; underWay++) this.#send();
  }

  #send(): void {
    this.#device.write(this.#frames[this.#sentFrames++ % this.#frames.length] as Buffer);
  }

  /** Counts an app's messages and acknowledges those of QoS 1, those of one frame in one. */
  #receive(app: LoadSocket): void {
    const acknowledgements: number[] = [];
    app.onPacket = (type, bytes, body) => {
      if (type !== publish) return;
      this.#deliveries++;
      if (this.#plan.qos === 0) return;
      const id = body + 2 + bytes.readUInt16BE(body);
      acknowledgements.push(puback << 4, 2, bytes[id] as number, bytes[id + 1] as number);
    };
    app.onFrame = () => {
      if (acknowledgements.length > 0) app.write(clientFrame(Uint8Array.from(acknowledgements.splice(0))));
      this.#advance();
    };
  }
}

async function openClient(server: Server, plan: UserPlan, role: "device" | "app", index: number): Promise<LoadSocket> {
  const { path, password } = await server.door({ userIndex: plan.userIndex, role }, plan);
  const socket = await LoadSocket.open(server.port, path);
  if (password === null) return socket;
  const clientId = `${role}-${plan.userIndex}-${index}`;
  socket.write(connectFrame(clientId, deviceId(plan.userIndex), password));
  await nextPacket(socket);
  if (role === "app") {
    socket.write(subscribeFrame(plan.userIndex, plan.qos));
    await nextPacket(socket);
  }
  return socket;
}

function nextPacket(socket: LoadSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onPacket = () => resolve();
    socket.onClose = () => reject(new Error("The server ended the connection."));
  });
}
