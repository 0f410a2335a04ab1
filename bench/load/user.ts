// One user under load: a device that sends, apps that receive. Never more than so many frames are under way, so that the
// server is always busy and never flooded.
import { Answers, openClient } from "./client.ts";
import { disconnectFrame, publishFrames } from "./frames.ts";
import { type LoadSocket, puback, pubcomp, publish, pubrec, pubrel } from "./load-socket.ts";
import type { Server, Traffic } from "../servers/server.ts";

export interface UserPlan extends Traffic {
  userIndex: number;
  apps: number;
  /** Frames of the device that may be under way. */
  window: number;
}

/** What is under way when a round ends has to be done within this. */
const finishWithinMs = 60_000;

export class LoadUser {
  readonly #plan: UserPlan;
  readonly #device: LoadSocket;
  readonly #apps: LoadSocket[];
  readonly #frames: Buffer[];
  #sentFrames = 0;
  #acknowledged = 0;
  #deliveries = 0;
  #isSending = false;
  #isLost = false;
  /** Called when nothing is under way any more and nothing more is sent, or a connection was lost. */
  #onIdle: () => void = () => {};

  private constructor(plan: UserPlan, device: LoadSocket, apps: LoadSocket[]) {
    this.#plan = plan;
    this.#device = device;
    this.#apps = apps;
    this.#frames = publishFrames(plan.userIndex, plan, plan.window);
    this.#send(device);
    for (const app of apps) this.#receive(app);
    for (const socket of [device, ...apps]) socket.onClose = () => this.#lost();
  }

  /** Connects a user's clients; apps first, and subscribed. Their sessions end with them. */
  static async connect(server: Server, plan: UserPlan): Promise<LoadUser> {
    async function open(role: "device" | "app", index: number): Promise<LoadSocket> {
      const place = { userIndex: plan.userIndex, role, index, subscribes: role === "app" };
      return (await openClient(server, { ...place, traffic: plan, clean: true })).socket;
    }
    if (plan.toAbsent) await leaveSession(server, plan);
    const apps: LoadSocket[] = [];
    for (let i = 0; i < plan.apps; i++) apps.push(await open("app", i));
    return new LoadUser(plan, await open("device", 0), apps);
  }

  /** Packets that have reached all apps and, above QoS 0, were acknowledged. */
  get done(): number {
    const delivered = this.#apps.length === 0 ? Infinity : Math.floor(this.#deliveries / this.#apps.length);
    return this.#plan.qos === 0 ? delivered : Math.min(delivered, this.#acknowledged);
  }

  start(): void {
    this.#isSending = true;
    this.#advance();
  }

  /** Sends nothing more and settles when nothing is under way. */
  finish(): Promise<void> {
    this.#isSending = false;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(this.#missing())), finishWithinMs);
      this.#onIdle = () => {
        clearTimeout(timer);
        if (this.#isLost) reject(new Error("The server ended a connection."));
        else resolve();
      };
      if (this.#isLost) this.#onIdle();
      else this.#advance();
    });
  }

  /** Sends one frame and settles when it is done. */
  sendOne(): Promise<void> {
    this.#sendFrame();
    return this.finish();
  }

  close(): void {
    for (const socket of [this.#device, ...this.#apps]) socket.destroy();
  }

  /** What has not come in time. */
  #missing(): string {
    const sent = this.#sentFrames * this.#plan.packetsPerFrame;
    return `Of ${sent} messages of a user ${this.#deliveries} were delivered and ${this.#acknowledged} acknowledged.`;
  }

  #lost(): void {
    this.#isLost = true;
    this.#onIdle();
  }

  #advance(): void {
    let underWay = this.#sentFrames - this.done / this.#plan.packetsPerFrame;
    if (!this.#isSending) {
      if (underWay === 0) this.#onIdle();
      return;
    }
    for (; underWay <= this.#plan.window - 1; underWay++) this.#sendFrame();
  }

  #sendFrame(): void {
    this.#device.write(this.#frames[this.#sentFrames++ % this.#frames.length] as Buffer);
  }

  /** The device counts what is acknowledged; QoS 2 takes it two steps. */
  #send(device: LoadSocket): void {
    const answers = new Answers(device);
    const last = this.#plan.qos === 2 ? pubcomp : puback;
    device.onPacket = (type, bytes, body) => {
      if (type === last) this.#acknowledged++;
      else if (type === pubrec) answers.add((pubrel << 4) | 2, bytes, body);
    };
    device.onFrame = () => {
      answers.send();
      this.#advance();
    };
  }

  /** An app counts messages and acknowledges them, those of one frame in one; at QoS 2 a message is whole with PUBREL. */
  #receive(app: LoadSocket): void {
    const { qos } = this.#plan;
    const answers = new Answers(app);
    app.onPacket = (type, bytes, body) => {
      if (type === pubrel) {
        this.#deliveries++;
        answers.add(pubcomp << 4, bytes, body);
      }
      if (type !== publish) return;
      if (qos < 2) this.#deliveries++;
      if (qos > 0) answers.add((qos === 1 ? puback : pubrec) << 4, bytes, body + 2 + bytes.readUInt16BE(body));
    };
    app.onFrame = () => {
      answers.send();
      this.#advance();
    };
  }
}

/** An app subscribes and leaves; its session has to stay. The bare relay knows no sessions. */
async function leaveSession(server: Server, plan: UserPlan): Promise<void> {
  const place = { userIndex: plan.userIndex, role: "app", index: 0, subscribes: true } as const;
  const { password } = await server.door(place, plan);
  if (password === null) return;
  for (const isThere of [false, true]) {
    const { socket, resumed } = await openClient(server, { ...place, traffic: plan, clean: false });
    if (resumed !== isThere) throw new Error("The server does not keep sessions.");
    const closed = new Promise<void>((resolve) => (socket.onClose = resolve));
    socket.write(disconnectFrame);
    await closed;
  }
}
