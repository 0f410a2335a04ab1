// A device's streams: what the API knows, and the values as they come.
import { useQuery } from "@tanstack/vue-query";
import { computed, shallowReactive } from "vue";
import type { Schemas } from "../api/client.ts";
import { answerOf, api } from "../call-api.ts";
import { useMessages } from "../live/live.ts";

export type Stream = Schemas["Stream"];
type Value = Stream["value"];

export function useStreams(deviceId: () => string) {
  const query = useQuery({
    queryKey: computed(() => ["streams", deviceId()]),
    queryFn: () => answerOf(api.GET("/v1/devices/{id}/streams", { params: { path: { id: deviceId() } } })),
  });
  const latest = shallowReactive(new Map<string, { value: Value; at: number }>());
  useMessages(
    () => `devices/${deviceId()}/streams/+`,
    ({ topic, text, isRetained, receivedAt }) => {
      const name = topic.slice(topic.lastIndexOf("/") + 1);
      const known = query.data.value?.items.find((stream) => stream.name === name);
      latest.set(name, { value: valueOf(text), at: isRetained ? (known?.at ?? receivedAt) : receivedAt });
      if (!known && !query.isFetching.value) void query.refetch();
    },
  );
  const streams = computed<Stream[]>(() =>
    (query.data.value?.items ?? []).map((stream) => ({ ...stream, ...latest.get(stream.name) })),
  );
  return { ...query, streams };
}

/** A payload as the hub reads it: a number, a boolean, a datapoint in JSON, otherwise a text. */
export function valueOf(text: string): Value {
  const trimmed = text.trim();
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  if (trimmed !== "" && Number.isFinite(Number(trimmed))) return Number(trimmed);
  if (!trimmed.startsWith("{")) return text;
  try {
    const { value } = JSON.parse(trimmed) as { value?: Value };
    return value ?? text;
  } catch {
    return text;
  }
}
