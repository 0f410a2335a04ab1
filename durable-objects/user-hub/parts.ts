// The parts of a hub, in the order in which they are asked about a topic.
import type { Metrics, ShadowDelta } from "../../src/domain/check-ins.ts";
import type { ShadowView } from "../../src/domain/shadow/answers.ts";
import type { ShadowRef } from "../../src/domain/shadow/topics.ts";
import { textMessage } from "./broker/message.ts";
import type { BrokerSettings } from "./broker/settings.ts";
import { CheckIns, type CheckInSettings } from "./checkins/check-ins.ts";
import type { AnswerKeeper } from "./checkins/kept-answers.ts";
import { Discovery } from "./discovery/discovery.ts";
import { Feed } from "./feed/feed.ts";
import { maxShadowsPerDevice } from "./limits.ts";
import type { Part, PartContext } from "./part.ts";
import { Rules } from "./rules/rules.ts";
import type { Configurations } from "./shadows/configuration-calls.ts";
import type { ShadowCalls } from "./shadows/shadow-calls.ts";
import { Shadows } from "./shadows/shadows.ts";
import { type StreamSettings, Streams } from "./streams/streams.ts";
import type { Sql } from "./tables/sql.ts";

/** Those that calls from outside go to. */
export interface PartHandles {
  shadows: ShadowCalls;
  configurations: Configurations;
  streams: Streams;
  checkIns: CheckIns;
  feed: Feed;
  discovery: Discovery;
  rules: Rules;
}

/** What a deployment decides about the broker and about its parts. */
export type PartSettings = BrokerSettings & StreamSettings & CheckInSettings;

export interface PartOptions {
  sql: Sql;
  settings: PartSettings;
  /** Keeps answers to devices that poll; without it nothing is kept. */
  keeper?: AnswerKeeper;
  /** Is given the handles when the parts are made. */
  keep?: (handles: PartHandles) => void;
}

export function makeParts({
  sql,
  settings,
  keeper = keepsNothing,
  keep,
}: PartOptions): (context: PartContext) => Part[] {
  return (context) => {
    const streams = new Streams(context, sql, settings);
    const discovery = new Discovery(context, { sql, streams });
    const limits = { ...settings, maxShadowsPerDevice };
    const configurationsChanged = (): void => checkIns.pacesChanged();
    const shadows = new Shadows(context, { sql, limits, configurationsChanged });
    const checkIns: CheckIns = new CheckIns(context, {
      sql,
      settings,
      keeper,
      deltaOf: (deviceId) => deltaFor(shadows.calls, { deviceId, name: null }),
      secondsOfModel: (model) => shadows.configurations.checkInSecondsOf(model),
      namedDeltasOf: (deviceId) => namedDeltasFor(shadows.calls, deviceId),
      measure: (deviceId, metrics, raw) => {
        const act = () => measure(streams, deviceId, metrics);
        if (raw && settings.keepsReports) streams.keepReport(deviceId, raw, act);
        else act();
      },
    });
    const feed = new Feed(context, sql);
    const rules = new Rules(context, { sql, hubId: settings.hubId, streams });
    const { calls, configurations } = shadows;
    keep?.({ shadows: calls, configurations, streams, checkIns, feed, rules, discovery });
    return [discovery, streams, shadows, checkIns, feed, rules];
  };
}

const keepsNothing: AnswerKeeper = { put: () => {}, drop: () => {} };

/** All at once, for what comes without a socket is written down at once. */
function measure(streams: Streams, deviceId: string, metrics: Metrics): void {
  if (Object.keys(metrics).length === 0) return;
  const topic = { deviceId, path: "streams", prefix: `devices/${deviceId}/` };
  const message = textMessage(topic.prefix + topic.path, JSON.stringify(metrics), { qos: 0, retain: false });
  streams.handlerOf(topic)?.received(message, null);
}

/** What a shadow wants that the device has not reported. */
function deltaFor(shadows: ShadowCalls, ref: ShadowRef): ShadowDelta | null {
  const found = shadows.get(ref);
  if (!found.ok) return null;
  const { version, state } = JSON.parse(found.value) as ShadowView;
  return state.delta ? { version, state: state.delta } : null;
}

/** The same of all named ones, by name. */
function namedDeltasFor(shadows: ShadowCalls, deviceId: string): Record<string, ShadowDelta> {
  const listed = shadows.list(deviceId);
  const deltas: [string, ShadowDelta][] = [];
  for (const { name } of listed.ok ? listed.value : []) {
    const delta = name === null ? null : deltaFor(shadows, { deviceId, name });
    if (name !== null && delta !== null) deltas.push([name, delta]);
  }
  return Object.fromEntries(deltas);
}
