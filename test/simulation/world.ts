// What a schedule happens in: the hub, its clients and the network between them, and the model that is told of every event.
import { Client, type ClientWorld } from "./client.ts";
import { decode } from "./decode.ts";
import { actors } from "./generate.ts";
import { type Event, roomySettings, SimulatedHub } from "./hub.ts";
import { beginning, deviceIds } from "./identities.ts";
import { Link, type Received } from "./link.ts";
import { committed } from "./model/events.ts";
import { arrived } from "./model/finish.ts";
import { type HubEvent, Model } from "./model/model.ts";
import { Violation } from "./model/session-life.ts";
import { Network } from "./network.ts";
import type { Schedule } from "./schedule.ts";
import { Timeline } from "./timeline.ts";
import { traced } from "./trace.ts";

export class World implements ClientWorld {
  readonly schedule: Schedule;
  readonly timeline = new Timeline(beginning);
  readonly failures: string[] = [];
  readonly hub: SimulatedHub<Link>;
  readonly model: Model;
  readonly network: Network;
  readonly clients: Client[];
  publications = 0;
  stepNumber = 0;
  stepName = "the beginning";
  /** Of each device's credential: the last one issued. */
  readonly generations = deviceIds.map(() => 1);
  /** Of what an event sends that crashes after its commit, this share leaves. */
  crashShare = 0;

  /** Told of every event, for whoever looks for the cause of a failure. */
  readonly tell: ((line: string) => void) | null;

  constructor(schedule: Schedule, tell: ((line: string) => void) | null) {
    this.tell = tell;
    this.schedule = schedule;
    const settings = { ...roomySettings, ...schedule.limits };
    this.model = new Model(limitsOf(schedule));
    this.network = new Network(schedule.seed, this.timeline, {
      open: (link) => this.happen("open", link, [], () => this.hub.open(link)),
      frame: (link, bytes, packets) => this.happen("frame", link, packets, () => this.hub.receive(link, bytes)),
      closed: (link) => this.happen("closed", link, [], () => this.hub.closed(link)),
      down: (link, packet) => this.#clientOf(link)?.receive(link, packet),
      lost: (link) => this.#clientOf(link)?.lost(),
    });
    this.hub = new SimulatedHub(settings, {
      now: () => this.timeline.now,
      setAlarm: (at) => this.#planAlarm(at),
      sockets: () => this.network.sockets(),
      liveSockets: (own) => this.network.liveSockets(own),
    });
    this.clients = actors.map((actor, i) => new Client(i, actor, schedule.versions[i] ?? 5, this));
  }

  where(message: string): string {
    const at = ((this.timeline.now - beginning) / 1000).toFixed(3);
    return `${message}\n  (in or after step ${this.stepNumber}, ${this.stepName}, at ${at} s)`;
  }

  // What clients ask of the world.

  now(): number {
    return this.timeline.now;
  }

  plan(afterMs: number, act: () => void): void {
    this.timeline.plan(this.timeline.now + afterMs, act);
  }

  openLink(client: number, connect: Link["connect"]): Link {
    return this.network.open(client, connect);
  }

  sendUp(link: Link, packets: Parameters<ClientWorld["sendUp"]>[1]): void {
    this.network.sendUp(link, packets);
  }

  closeUp(link: Link): void {
    this.network.closeUp(link);
  }

  arrived(_link: Link, packet: Received): void {
    if (packet.instance) arrived(this.model, packet.instance);
  }

  #clientOf(link: Link): Client | null {
    const client = this.clients[link.client];
    return client?.link === link ? client : null;
  }

  /** One event of the hub, with what the model says of it. */
  happen(
    kind: HubEvent["kind"],
    link: Link | null,
    packets: HubEvent["packets"],
    call: () => Event<Link>,
    tellModel?: () => void,
  ): Event<Link> {
    const shareKept = this.crashShare;
    const event = call();
    const failure = this.failures[0];
    if (failure) throw new Violation(`the hub logged a failure: ${failure}`);
    const model = this.model;
    if (event.committed) {
      const outputs = event.outputs.map(({ socket, data }) => ({
        link: socket,
        packets: data && this.#read(socket, data),
      }));
      const keptWills =
        model.wills.length > 0 || packets.some(({ type }) => type === "connect") ? this.hub.wills() : new Set<string>();
      if (kind === "open" && link) model.links.add(link);
      this.tell?.(traced(this.timeline.now, kind, link, packets, outputs, event.crashed));
      committed(model, { kind, link, packets, outputs, keptWills }, this.timeline.now, tellModel);
      const kept = event.crashed ? Math.floor(outputs.length * shareKept) : outputs.length;
      this.network.sendDown(outputs.slice(0, kept));
      for (const output of outputs.slice(kept)) {
        for (const packet of output.packets ?? [])
          if (packet.type === "publish" && packet.instance) packet.instance.isDoubtful = true;
      }
    }
    if (event.crashed) this.crash(shareKept);
    return event;
  }

  crash(share: number): void {
    this.hub.crash();
    this.model.now = this.timeline.now;
    this.model.crashed();
    this.network.crash(share);
  }

  #read(link: Link, data: Uint8Array): Received[] {
    const packets = decode(data, link.version);
    for (const packet of packets) {
      if (packet.type !== "publish" || packet.alias === null) continue;
      if (packet.alias > link.connect.topicAliasMaximum)
        throw new Violation(`topic alias ${packet.alias} is too large`);
      if (packet.topic !== "") link.aliasesIn.set(packet.alias, packet.topic);
      packet.topic = link.aliasesIn.get(packet.alias) ?? "";
    }
    return packets;
  }

  #planAlarm(at: number): void {
    this.timeline.plan(at, () => {
      if (this.hub.alarmAt !== at) return;
      this.happen("alarm", null, [], () => this.hub.alarm());
    });
  }
}

function limitsOf({ limits }: Schedule): Model["limits"] {
  const keys = Object.keys(limits);
  const has = (pattern: RegExp) => keys.some((key) => pattern.test(key));
  return {
    countLosses: has(/QueuedMessages|QueuedBytes/),
    loseMessages: has(/Queued|PerSecond/),
    refuseSessions: has(/maxSessions|maxConnections/),
    refuseSubscriptions: has(/maxSubscriptions/),
    retainedAreUncertain: has(/Retained|PerSecond/),
    maxSessionExpirySeconds: limits.maxSessionExpirySeconds ?? roomySettings.maxSessionExpirySeconds,
  };
}
