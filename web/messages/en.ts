// English, a section per page.
import { account } from "./en/account.ts";
import { add } from "./en/add.ts";
import { common } from "./en/common.ts";
import { configurations } from "./en/configurations.ts";
import { dashboards } from "./en/dashboards.ts";
import { devices } from "./en/devices.ts";
import { entities } from "./en/entities.ts";
import { mqtt } from "./en/mqtt.ts";
import { rules } from "./en/rules.ts";
import { signIn } from "./en/sign-in.ts";
import { usage } from "./en/usage.ts";

export const en = { common, signIn, devices, dashboards, add, rules, entities, configurations, mqtt, usage, account };
