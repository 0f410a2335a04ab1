// What a control sends: shown at once, sent no more often than makes sense, and followed until it is confirmed or failed.
import { computed, type ComputedRef, inject, type InjectionKey, onScopeDispose, ref, type Ref } from "vue";
import { type LiveConnection, PublishError } from "../live/connection.ts";
import { live, useLastMessage } from "../live/live.ts";
import { type Command, commandTopic, type Source, sourceTopic } from "./widgets.ts";

export interface DashboardScope {
  connection: LiveConnection;
  /** Whether its controls may be used. */
  isControllable: boolean;
  /** Of a shared dashboard: what opens its histories. */
  token: string | null;
}

/** Whose dashboard is shown: the person's own unless somebody provides another. */
export const dashboardScope: InjectionKey<DashboardScope> = Symbol("dashboard scope");

const own: DashboardScope = { connection: live, isControllable: true, token: null };

export function useScope(): DashboardScope {
  return inject(dashboardScope, own);
}

/** The last text from a source, null until there is one. */
export function useSource(source: () => Source | undefined): ComputedRef<string | null> {
  const last = useLastMessage(() => {
    const named = source();
    return named === undefined ? null : sourceTopic(named);
  }, useScope().connection);
  return computed(() => last.value?.text ?? null);
}

export type CommandState = "idle" | "sending" | "sent" | "confirmed" | PublishError["reason"];

interface Options {
  command: () => Command;
  state?: () => Source | undefined;
  template?: () => string | undefined;
  /** At most one message in this time; the last value is always sent. */
  everyMs?: number;
}

export interface CommandControl {
  /** What to show: what was just chosen, then what is confirmed. */
  shown: ComputedRef<string | null>;
  status: ComputedRef<CommandState>;
  /** Why the last one failed. */
  failure: Ref<PublishError["reason"] | null>;
  send(value: string): void;
}

/** After this time what is confirmed is shown again, whatever was chosen. */
const confirmationMs = 5000;

export function useCommand({
  command,
  state = () => undefined,
  template = () => undefined,
  everyMs = 0,
}: Options): CommandControl {
  const { connection } = useScope();
  const confirmed = useSource(state);
  const chosen = ref<string | null>(null);
  const isSent = ref(false);
  const failure = ref<PublishError["reason"] | null>(null);
  let sentAt = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let forgetting: ReturnType<typeof setTimeout> | undefined;

  const isConfirmed = computed(() => chosen.value !== null && isSame(confirmed.value, chosen.value));
  const status = computed<CommandState>(() => {
    if (failure.value) return failure.value;
    if (chosen.value === null) return "idle";
    if (isConfirmed.value) return "confirmed";
    return isSent.value ? "sent" : "sending";
  });

  async function transmit(value: string): Promise<void> {
    sentAt = Date.now();
    try {
      await connection.publish(commandTopic(command()), template()?.replaceAll("{value}", value) ?? value);
      if (chosen.value === value) isSent.value = true;
    } catch (error) {
      if (chosen.value !== value) return;
      failure.value = error instanceof PublishError ? error.reason : "refused";
      chosen.value = null;
    }
  }

  function send(value: string): void {
    chosen.value = value;
    isSent.value = false;
    failure.value = null;
    clearTimeout(waiting);
    waiting = setTimeout(() => void transmit(value), Math.max(0, sentAt + everyMs - Date.now()));
    clearTimeout(forgetting);
    if (state() !== undefined) forgetting = setTimeout(() => (chosen.value = null), everyMs + confirmationMs);
  }

  onScopeDispose(() => clearTimeout(forgetting));
  return { shown: computed(() => chosen.value ?? confirmed.value), status, failure, send };
}

/** 21 and 21.0 are the same, and so are #FF0000 and #ff0000. */
function isSame(said: string | null, wanted: string): boolean {
  if (said === null) return false;
  if (said.trim().toLowerCase() === wanted.trim().toLowerCase()) return true;
  return said.trim() !== "" && wanted.trim() !== "" && Number(said) === Number(wanted);
}
