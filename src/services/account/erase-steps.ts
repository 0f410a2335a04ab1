// Everything an account consists of, as steps that remove it. A step does a bounded part and bears being repeated; a service that
// keeps something of people elsewhere than in tables with `user_id` or `hub_id` adds its own.
import type { SystemContext } from "../context.ts";
import { forgetExports } from "../exports/delete-export.ts";
import { eraseHub } from "../hub/erase-hub.ts";
import { leaveSharedDashboards } from "../sharing/leave-shared-dashboards.ts";

export interface Account {
  userId: string;
  hubId: string;
}

export interface EraseStep {
  name: string;
  /** True: nothing is left. */
  run(ctx: SystemContext, account: Account): Promise<boolean>;
}

/** Requests to KV count against the limit of one invocation. */
const devicesAtOnce = 50;

export const eraseSteps: readonly EraseStep[] = [
  { name: "what others share", run: leaveSharedDashboards },
  {
    name: "devices and their kept answers",
    async run({ store, accountFiles }, { userId }) {
      const devices = await store.accounts.someDevices(userId, devicesAtOnce);
      if (devices.length === 0) return true;
      await accountFiles.forgetAnswers(devices);
      const ids = devices.map(({ id }) => id);
      await store.accounts.removeDevices(userId, ids);
      return false;
    },
  },
  {
    name: "exports",
    async run(ctx, { userId }) {
      await forgetExports({ ctx, input: { userId } });
      return true;
    },
  },
  {
    name: "rows",
    async run({ store }, account) {
      await store.accounts.removeRows(account);
      return true;
    },
  },
  // After the rows, so that a hub that wakes again finds nobody to admit.
  { name: "hub", run: eraseHub },
  // After the hub, which archives by itself.
  { name: "files", run: ({ accountFiles }, { hubId }) => accountFiles.removeObjects(hubId) },
];
