// What a device, or what is behind it, announced of itself; asked anew when it announces something else.
import { useQuery } from "@tanstack/vue-query";
import { computed } from "vue";
import { answerOf, api } from "../call-api.ts";
import { useMessages } from "../live/live.ts";

export function useAnnounced(deviceId: () => string) {
  const announced = useQuery({
    queryKey: computed(() => ["entities", deviceId()]),
    queryFn: () => {
      const params = { path: { id: deviceId() }, query: { limit: 100 } };
      return answerOf(api.GET("/v1/devices/{id}/entities", { params }));
    },
  });
  useMessages(
    () => `devices/${deviceId()}/entities`,
    ({ isRetained }) => {
      if (!isRetained) void announced.refetch();
    },
  );
  return announced;
}
