// What a person prefers on every device of theirs: read, and changed field by field.
import { HomeportError } from "../../errors.ts";
import type { ServiceContext, SystemContext } from "../context.ts";

/** A field that is not given is up to the device. */
export interface PreferencesView {
  language?: string | undefined;
  theme?: "light" | "dark" | "system" | undefined;
  timeZone?: string | undefined;
  /** False: none of what their rules would tell them by mail. */
  ruleMails?: boolean | undefined;
}

export type PreferencesChange = { [K in keyof PreferencesView]?: PreferencesView[K] | null };

const attempts = 5;

export async function getPreferences({ ctx }: { ctx: ServiceContext }): Promise<PreferencesView> {
  return (await ctx.store.preferences.read(ctx.user.userId)).value;
}

/** Null takes a field back. */
export async function updatePreferences({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: PreferencesChange;
}): Promise<PreferencesView> {
  return changePreferences(ctx, ctx.user.userId, input);
}

export async function changePreferences(
  ctx: SystemContext,
  userId: string,
  input: PreferencesChange,
): Promise<PreferencesView> {
  for (let i = 0; i < attempts; i++) {
    const present = await ctx.store.preferences.read(userId);
    const merged = Object.entries({ ...present.value, ...input }).filter(
      ([, each]) => each !== null && each !== undefined,
    );
    const value = Object.fromEntries(merged);
    if (await ctx.store.preferences.write({ userId, value, version: present.version, now: ctx.now() })) return value;
  }
  throw new HomeportError("conflict", "They are being changed elsewhere. Try again.");
}
