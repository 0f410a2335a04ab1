// Runs one schedule: the hub, its clients and the network between them in one thread, by simulated time. Throws a Violation.
import { Client, type ClientWorld } from "./client.ts";
import { decode } from "./decode.ts";
import { actors } from "./generate.ts";
import { type Event, roomySettings, SimulatedHub } from "./hub.ts";
import { beginning, deviceIds, generations, tokenId } from "./identities.ts";
import { Link, type Received } from "./link.ts";
import { checkPresence, committed } from "./model/events.ts";
import { arrived, checkDelivered } from "./model/finish.ts";
import { type HubEvent, Model } from "./model/model.ts";
import { applyCredential } from "./model/receive.ts";
import { route } from "./model/route.ts";
import { nameOf, type Publication, Violation } from "./model/session-life.ts";
import { Network } from "./network.ts";
import type { PublishPacket } from "./packets.ts";
import { grantsByName, type Schedule, type Step } from "./schedule.ts";
import { Timeline } from "./timeline.ts";
import { withSeededIds } from "./seeded-ids.ts";

/** Told of every event, for whoever looks for the cause of a failure. */
let trace: ((line: string) => void) | null = null;

export function traceTo(tell: ((line: string) => void) | null): void {
  trace = tell;
}

const noGrants = { publish: [], subscribe: [] };

/** Null: nothing was wrong. */
export function runSchedule(schedule: Schedule): string | null {
  const world = new World(schedule);
  try {
    withSeededIds(schedule.seed, world.failures, () => world.run());
    return null;
  } catch (error) {
    if (error instanceof Violation) return world.where(error.message);
    return world.where(String((error as Error)?.stack ?? error));
  } finally {
    world.hub.storage.empty();
  }
}

class World implements ClientWorld {
  readonly #schedule: Schedule;
  readonly timeline = new Timeline(beginning);
  readonly failures: string[] = [];
  readonly hub: SimulatedHub<Link>;
  readonly #model: Model;
  readonly #network: Network;
  readonly #clients: Client[];
  #publications = 0;
  #stepNumber = 0;
  #stepName = "the beginning";
  #generations = deviceIds.map(() => 1);

  constructor(schedule: Schedule) {
    this.#schedule = schedule;
    const settings = { ...roomySettings, ...schedule.limits };
    this.#model = new Model(limitsOf(schedule));
    this.#network = new Network(schedule.seed, this.timeline, {
      open: (link) => this.#happen("open", link, [], () => this.hub.open(link)),
      frame: (link, bytes, packets) => this.#happen("frame", link, packets, () => this.hub.receive(link, bytes)),
      closed: (link) => this.#happen("closed", link, [], () => this.hub.closed(link)),
      down: (link, packet) => this.#clientOf(link)?.receive(link, packet),
      lost: (link) => this.#clientOf(link)?.lost(),
    });
    this.hub = new SimulatedHub(settings, {
      now: () => this.timeline.now,
      setAlarm: (at) => this.#planAlarm(at),
      sockets: () => this.#network.sockets(),
      liveSockets: (own) => this.#network.liveSockets(own),
    });
    this.#clients = actors.map((actor, i) => new Client(i, actor, schedule.versions[i] ?? 5, this));
  }

  where(message: string): string {
    const at = ((this.timeline.now - beginning) / 1000).toFixed(3);
    return `${message}\n  (in or after step ${this.#stepNumber}, ${this.#stepName}, at ${at} s)`;
  }

  run(): void {
    const listed = { version: 1, gen: 1, grants: noGrants };
    this.hub.applyCredentials([...deviceIds, tokenId].map((subject) => ({ subject, ...listed })));
    for (const step of this.#schedule.steps) {
      this.timeline.runUntil(this.timeline.now + step.afterMs);
      this.#stepNumber++;
      this.#stepName = step.do;
      this.#act(step);
    }
    this.#calmDown();
  }

  // What clients ask of the world.

  now(): number {
    return this.timeline.now;
  }

  plan(afterMs: number, act: () => void): void {
    this.timeline.plan(this.timeline.now + afterMs, act);
  }

  openLink(client: number, connect: Link["connect"]): Link {
    return this.#network.open(client, connect);
  }

  sendUp(link: Link, packets: Parameters<ClientWorld["sendUp"]>[1]): void {
    this.#network.sendUp(link, packets);
  }

  closeUp(link: Link): void {
    this.#network.closeUp(link);
  }

  arrived(_link: Link, packet: Received): void {
    if (packet.instance) arrived(this.#model, packet.instance);
  }

  #clientOf(link: Link): Client | null {
    const client = this.#clients[link.client];
    return client?.link === link ? client : null;
  }

  /** One event of the hub, with what the model says of it. */
  #happen(
    kind: HubEvent["kind"],
    link: Link | null,
    packets: HubEvent["packets"],
    call: () => Event<Link>,
    tellModel?: () => void,
  ): Event<Link> {
    const shareKept = this.#crashShare;
    const event = call();
    const failure = this.failures[0];
    if (failure) throw new Violation(`the hub logged a failure: ${failure}`);
    const model = this.#model;
    if (event.committed) {
      const outputs = event.outputs.map(({ socket, data }) => ({
        link: socket,
        packets: data && this.#read(socket, data),
      }));
      const keptWills =
        model.wills.length > 0 || packets.some(({ type }) => type === "connect") ? this.hub.wills() : new Set<string>();
      if (kind === "open" && link) model.links.add(link);
      trace?.(this.#traced(kind, link, packets, outputs, event.crashed));
      committed(model, { kind, link, packets, outputs, keptWills }, this.timeline.now, tellModel);
      const kept = event.crashed ? Math.floor(outputs.length * shareKept) : outputs.length;
      this.#network.sendDown(outputs.slice(0, kept));
      for (const output of outputs.slice(kept)) {
        for (const packet of output.packets ?? [])
          if (packet.type === "publish" && packet.instance) packet.instance.isDoubtful = true;
      }
    }
    if (event.crashed) this.#crash(shareKept);
    return event;
  }

  #traced(
    kind: string,
    link: Link | null,
    packets: HubEvent["packets"],
    outputs: HubEvent["outputs"],
    crashed: boolean,
  ): string {
    const nameOfLink = (each: Link) => `${each.client}.${each.number}`;
    const say = (packet: object) =>
      Object.entries(packet)
        .filter(([key, value]) => !["password", "instance", "bytes"].includes(key) && value !== null && value !== false)
        .map(([key, value]) => (key === "type" ? value : `${key}=${JSON.stringify(value)?.slice(0, 80)}`))
        .join(" ");
    const inward = packets.map((packet) => `\n    > ${say(packet)}`);
    const outward = outputs.map((output) => {
      const said = output.packets ? output.packets.map(say).join("; ") : "closed";
      return `\n    < ${nameOfLink(output.link)} ${said}`;
    });
    const at = ((this.timeline.now - beginning) / 1000).toFixed(3);
    return `${at} ${kind} ${link ? nameOfLink(link) : ""}${crashed ? " and crash" : ""}${inward.join("")}${outward.join("")}`;
  }

  #crashShare = 0;

  #crash(share: number): void {
    this.hub.crash();
    this.#model.now = this.timeline.now;
    this.#model.crashed();
    this.#network.crash(share);
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
      this.#happen("alarm", null, [], () => this.hub.alarm());
    });
  }

  #act(step: Step): void {
    const client = "client" in step ? this.#clients[step.client] : undefined;
    switch (step.do) {
      case "connect": {
        const device = client?.identity.device ?? null;
        if (client && device !== null) client.generation = this.#generations[device] ?? 1;
        if (client?.link) this.#network.abandon(client.link);
        return client?.connect(step, step.will ? `w${this.#stepNumber} of client ${step.client}` : "");
      }
      case "publish":
        return client?.publish(this.#messages(step), step.withAlias);
      case "subscribe":
      case "unsubscribe":
        return client?.subscribe(step);
      case "disconnect":
        return client?.disconnect(step.withWill, step.sessionExpirySeconds);
      case "break":
        if (client?.link) this.#network.break(client.link, step);
        return;
      case "pause":
        if (client) client.isPaused = true;
        return;
      case "resume":
        return client?.resume();
      case "evict":
        return this.hub.evict();
      case "crash":
        if (step.when === "now") return this.#crash(step.share);
        this.hub.crashNext = step.when;
        this.#crashShare = step.share;
        return;
      case "publish by API":
        return this.#publishByApi(step);
      case "ask presence": {
        const event = this.#happen("presence", null, [], () => this.hub.isOnline(deviceIds[step.device] ?? ""));
        if (event.committed && !event.crashed) checkPresence(this.#model, step.device, event.value === true);
        return;
      }
      default:
        return this.#changeCredential(step);
    }
  }

  #newPublication(given: Omit<Publication, "payload">, padding: number): Publication {
    const publication = {
      ...given,
      payload: `m${++this.#publications}${padding > 0 ? ` ${"x".repeat(padding)}` : ""}`,
    };
    this.#model.publications.set(nameOf(publication), publication);
    return publication;
  }

  #messages(step: Extract<Step, { do: "publish" }>): PublishPacket[] {
    const { topic, qos, isEmpty } = step;
    const version = this.#schedule.versions[step.client] ?? 5;
    const retain = step.retain || isEmpty;
    const expirySeconds = version === 5 ? step.expirySeconds : null;
    return Array.from({ length: step.count }, () => {
      const given = { topic, qos, retain, expirySeconds, publisher: `client ${step.client}` };
      const publication = isEmpty ? { ...given, payload: "" } : this.#newPublication(given, step.padding);
      this.#model.publications.set(nameOf(publication), publication);
      const { payload } = publication;
      return {
        type: "publish",
        topic,
        payload,
        qos,
        retain,
        dup: false,
        id: 0,
        expirySeconds,
        alias: null,
        subscriptionIds: [],
      };
    });
  }

  #publishByApi({ topic, qos, retain }: Extract<Step, { do: "publish by API" }>): void {
    const publication = this.#newPublication({ topic, qos, retain, expirySeconds: null, publisher: "API" }, 0);
    const call = () => this.hub.publish(topic, publication.payload, qos, retain);
    let value: unknown = null;
    this.#happen(
      "publish",
      null,
      [],
      () => {
        const event = call();
        value = event.value;
        return event;
      },
      () => {
        if (value !== null) route(this.#model, publication, null);
        else if (!this.#model.limits.retainedAreUncertain) throw new Violation("the API was refused");
      },
    );
  }

  #changeCredential(step: Extract<Step, { device: number }>): void {
    const { device } = step;
    const known = this.#model.credentials[device];
    if (!known) return;
    const next = { ...known, version: known.version + 1 };
    if (step.do === "revoke") next.gen = null;
    else if (step.do === "readmit") {
      if ((this.#generations[device] ?? 1) >= generations) return;
      next.gen = (this.#generations[device] ?? 1) + 1;
    } else if (step.do === "grant") next.grants = grantsByName[step.grants];
    const state = { subject: deviceIds[device] ?? "", ...next };
    this.#happen(
      "credentials",
      null,
      [],
      () => this.hub.applyCredentials([state]),
      () => {
        if (next.gen !== null) this.#generations[device] = next.gen;
        this.#model.credentials[device] = next;
        applyCredential(this.#model, device);
      },
    );
  }

  /** Faults end; who has a session comes back; time passes; then nothing may be missing. */
  #calmDown(): void {
    this.#stepName = "calming down";
    this.hub.crashNext = null;
    const { timeline } = this;
    this.#network.isCalm = true;
    timeline.runUntil(timeline.now + 3000);
    const reachable = new Set<number>();
    for (const session of this.#model.sessions.values()) {
      const client = this.#clients[session.client] as Client;
      const { device } = client.identity;
      if (device !== null && this.#model.credentials[device]?.gen === null) continue;
      reachable.add(session.client);
      client.generation = device === null ? 1 : (this.#generations[device] ?? 1);
      if (!client.link) client.reconnect();
      else client.resume();
    }
    for (let i = 0; i < 3; i++) timeline.runUntil(timeline.now + 5000);
    for (const [topic] of this.#model.retained) this.#readRetained(topic);
    timeline.runUntil(timeline.now + 5000);
    this.#model.now = timeline.now;
    checkDelivered(this.#model, reachable);
    for (const client of this.#clients) {
      const waiting = client.isOnline ? client.unacknowledged.size + client.outbox.length : 0;
      if (waiting > 0 && !this.#model.limits.loseMessages)
        throw new Violation(`${client.identity.name} still waits for acknowledgements`);
    }
    this.#leave();
  }

  /** Somebody subscribes who must get what is retained. */
  #readRetained(topic: string): void {
    const reader = this.#clients.find(({ identity, isOnline }) => isOnline && identity.device === null);
    const request = {
      filter: topic,
      qos: 2 as const,
      noLocal: false,
      retainAsPublished: false,
      retainHandling: 0 as const,
    };
    reader?.subscribe({ do: "subscribe", afterMs: 0, client: reader.index, subscriptionId: null, request });
  }

  /** Everybody goes, all sessions and wills run out: nothing may be left. */
  #leave(): void {
    this.#stepName = "the end";
    for (const client of this.#clients) client.disconnect(false, 0);
    const { timeline } = this;
    timeline.runUntil(timeline.now + 10_000);
    for (const link of this.#network.sockets())
      this.#network.break(link, { upShare: 0, downShare: 0, hubNotices: true });
    timeline.runUntil(timeline.now + 1000 * (roomySettings.maxSessionExpirySeconds + 1000));
    const leftovers = this.hub.leftovers();
    if (Object.keys(leftovers).length > 0) throw new Violation(`rows are left over: ${JSON.stringify(leftovers)}`);
    if (this.#model.sessions.size > 0) throw new Violation("the model has sessions left");
  }
}

function limitsOf({ limits }: Schedule): Model["limits"] {
  const keys = Object.keys(limits);
  const has = (pattern: RegExp) => keys.some((key) => pattern.test(key));
  return {
    loseMessages: has(/Queued|PerSecond/),
    refuseSessions: has(/maxSessions|maxConnections/),
    refuseSubscriptions: has(/maxSubscriptions/),
    retainedAreUncertain: has(/Retained|PerSecond/),
    maxSessionExpirySeconds: limits.maxSessionExpirySeconds ?? roomySettings.maxSessionExpirySeconds,
  };
}
