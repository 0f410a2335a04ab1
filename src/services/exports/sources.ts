// Everything a user has, in the order of an export. Whatever keeps something of a user's adds its source at the end: exports that are
// being made go on by number.
import type { ExportSource } from "./export-work.ts";
import { account } from "./sources/account.ts";
import { appTokens } from "./sources/app-tokens.ts";
import { checkIns } from "./sources/check-ins.ts";
import { configurations } from "./sources/configurations.ts";
import { dashboards } from "./sources/dashboards.ts";
import { devices } from "./sources/devices.ts";
import { preferences } from "./sources/preferences.ts";
import { retainedMessages } from "./sources/retained-messages.ts";
import { rules } from "./sources/rules.ts";
import { shadows } from "./sources/shadows.ts";
import { streams } from "./sources/streams.ts";
import { usage } from "./sources/usage.ts";
import { webhooks } from "./sources/webhooks.ts";

export const exportSources: readonly ExportSource[] = [
  account,
  devices,
  appTokens,
  dashboards,
  webhooks,
  shadows,
  streams,
  retainedMessages,
  usage,
  preferences,
  rules,
  checkIns,
  configurations,
];
