// The append-only list of schema changes of a hub. A hub that wakes with an older schema runs what it lacks.
import { createCheckInBatches } from "./check-in-batches.ts";
import { createAnnouncers } from "./announcers.ts";
import { createCheckIns } from "./check-ins.ts";
import { createConfigurations } from "./configurations.ts";
import { addAbout, createCredentials } from "./credentials.ts";
import { createFeeds } from "./feeds.ts";
import { createLastSeen } from "./last-seen.ts";
import { MetaTable, createMeta } from "./meta.ts";
import { createOwnAnnouncements } from "./own-announcements.ts";
import { createPartialPackets } from "./partial-packets.ts";
import { createQueuedMessages } from "./queued-messages.ts";
import { createRetainedMessages } from "./retained-messages.ts";
import { createRuleFirings } from "./rule-firings.ts";
import { createRuleOutbox } from "./rule-outbox.ts";
import { createRuleStates } from "./rule-states.ts";
import { createRules } from "./rules.ts";
import type { Sql } from "./sql.ts";
import { createSessions } from "./sessions.ts";
import { addConfiguration, createShadowChanges } from "./shadow-changes.ts";
import { addLayer, createShadows } from "./shadows.ts";
import { addReports, createStreamDevices } from "./stream-devices.ts";
import { createStreamHours } from "./stream-hours.ts";
import { createStreamRaw } from "./stream-raw.ts";
import { addRawHistory, createStreamSettings } from "./stream-settings.ts";
import { createSubscriptions } from "./subscriptions.ts";
import { createTopicAliases } from "./topic-aliases.ts";
import { addUnfolded, addUnfoldedOfReports, createUsage } from "./usage.ts";
import { addWillDelay, createWills } from "./wills.ts";

/** Never reorder, edit or remove an entry: append. */
const migrations: readonly string[] = [
  createCredentials,
  createLastSeen,
  createRetainedMessages,
  createWills,
  // Two tables of connections that ended with this version; nothing in them outlives a deploy.
  "CREATE TABLE subscriptions (connection_id TEXT PRIMARY KEY) WITHOUT ROWID",
  createPartialPackets,
  "CREATE TABLE pending_messages (connection_id TEXT PRIMARY KEY) WITHOUT ROWID",
  "DROP TABLE subscriptions",
  "DROP TABLE pending_messages",
  createSessions,
  createSubscriptions,
  createQueuedMessages,
  createTopicAliases,
  ...addWillDelay,
  createShadows,
  createShadowChanges,
  createStreamDevices,
  createStreamHours,
  createStreamSettings,
  createUsage,
  addUnfolded,
  createCheckIns,
  createStreamRaw,
  addRawHistory,
  createFeeds,
  addAbout,
  createRules,
  createRuleStates,
  createRuleFirings,
  createRuleOutbox,
  createCheckInBatches,
  addReports,
  createAnnouncers,
  createOwnAnnouncements,
  ...createConfigurations,
  addLayer,
  addConfiguration,
  addUnfoldedOfReports,
];

/** Brings the schema up to date. An up-to-date hub reads one row and writes none. */
export function migrate(sql: Sql): void {
  sql.exec(createMeta);
  const meta = new MetaTable(sql);
  const done = meta.read("schemaVersion") ?? 0;
  if (done > migrations.length) {
    throw new Error(`This hub's schema (${done}) is newer than the code (${migrations.length}): deploy newer code.`);
  }
  if (done === migrations.length) return;
  for (const statement of migrations.slice(done)) sql.exec(statement);
  meta.write("schemaVersion", migrations.length);
}
