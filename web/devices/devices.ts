// The person's devices as the API lists them, and whether each is there, live.
import { useQuery, useQueryClient } from "@tanstack/vue-query";
import { computed, shallowReactive } from "vue";
import type { Schemas } from "../api/client.ts";
import { answerOf, api } from "../call-api.ts";
import { useMessages } from "../live/live.ts";

export type Device = Schemas["Device"];

export interface Presence {
  online: boolean;
  /** Epoch ms. */
  lastSeenAt: number | null;
}

export const devicesKey = ["devices"] as const;
const pageSize = 200;

async function listAll(): Promise<Device[]> {
  const devices: Device[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: pageSize, ...(cursor !== undefined && { cursor }) };
    const page = await answerOf(api.GET("/v1/devices", { params: { query } }));
    devices.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return devices;
}

/** All of them; few thousand rows are one screen of a virtual list. */
export function useDevices() {
  const query = useQuery({ queryKey: devicesKey, queryFn: listAll });
  const byId = computed(() => new Map(query.data.value?.map((device) => [device.id, device])));
  return { ...query, devices: computed(() => query.data.value ?? []), byId };
}

/** One device; what the list knows is shown until the answer is there. */
export function useDevice(id: () => string) {
  const client = useQueryClient();
  return useQuery({
    queryKey: computed(() => ["device", id()]),
    queryFn: () => answerOf(api.GET("/v1/devices/{id}", { params: { path: { id: id() } } })),
    placeholderData: () => client.getQueryData<Device[]>(devicesKey)?.find((device) => device.id === id()),
  });
}

export function useRefreshDevices() {
  const client = useQueryClient();
  return (id?: string) =>
    Promise.all([
      client.invalidateQueries({ queryKey: devicesKey }),
      ...(id === undefined ? [] : [client.invalidateQueries({ queryKey: ["device", id] })]),
    ]);
}

/** Presence by device, kept up to date. One device: give its id; all: nothing. */
export function usePresences(id: () => string = () => "+"): ReadonlyMap<string, Presence> {
  const presences = shallowReactive(new Map<string, Presence>());
  useMessages(
    () => `devices/${id()}/presence`,
    ({ topic, text }) => presences.set(topic.split("/", 2)[1] ?? "", JSON.parse(text) as Presence),
  );
  return presences;
}

/** What devices say of themselves in one of their streams, by device: for instance `firmware`. */
export function useStreamOfAll(name: string): ReadonlyMap<string, string> {
  const values = shallowReactive(new Map<string, string>());
  useMessages(
    () => `devices/+/streams/${name}`,
    ({ topic, text }) => values.set(topic.split("/", 2)[1] ?? "", text),
  );
  return values;
}
