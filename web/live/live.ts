// The signed-in person's connection, and what components do with one.
import { computed, onScopeDispose, readonly, shallowRef, type ShallowRef, watch } from "vue";
import { auth } from "../call-api.ts";
import { type Listener, LiveConnection, type LiveMessage, type MqttAccess } from "./connection.ts";

export const live = new LiveConnection(() => auth<MqttAccess>("GET", "/token"));

export function useLiveState(connection = live) {
  return { state: readonly(connection.state), isOnline: computed(() => connection.state.value === "online") };
}

/** Listens as long as the component is there; a filter that changes is followed, null listens to nothing. */
export function useMessages(topicFilter: () => string | null, listener: Listener, connection = live): void {
  let stop: (() => void) | null = null;
  watch(
    topicFilter,
    (filter) => {
      stop?.();
      stop = filter === null ? null : connection.subscribe(filter, listener);
    },
    { immediate: true },
  );
  onScopeDispose(() => stop?.());
}

/** The last message to a topic, null until there is one. */
export function useLastMessage(
  topic: () => string | null,
  connection = live,
): Readonly<ShallowRef<LiveMessage | null>> {
  const last = shallowRef<LiveMessage | null>(null);
  watch(topic, () => (last.value = null));
  useMessages(topic, (message) => (last.value = message), connection);
  return last;
}
