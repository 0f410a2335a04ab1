// Whether this browser is notified.
import { useMutation, useQuery } from "@tanstack/vue-query";
import { answerOf, api } from "../call-api.ts";

export const isPushSupported = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

/** Thrown when the person or the browser does not allow notifications. */
export class NotAllowed extends Error {}

async function ownSubscription(): Promise<PushSubscription | null> {
  if (!isPushSupported) return null;
  return (await (await navigator.serviceWorker.getRegistration())?.pushManager.getSubscription()) ?? null;
}

function browserName(): string {
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)/.exec(navigator.userAgent)?.[1] ?? "Browser";
  const system = /(Android|iPhone|iPad|Windows|Macintosh|Linux)/.exec(navigator.userAgent)?.[1];
  return [browser, system].filter(Boolean).join(", ");
}

/** Whoever signs in here next must not get what is this person's. A failure only leaves the subscription where it is. */
export async function stopPushHere(): Promise<void> {
  const own = await ownSubscription();
  if (!own) return;
  const { items } = await answerOf(api.GET("/v1/push/subscriptions"));
  const known = items.find(({ endpoint }) => endpoint === own.endpoint);
  if (known) await answerOf(api.DELETE("/v1/push/subscriptions/{id}", { params: { path: { id: known.id } } }));
  await own.unsubscribe();
}

export function usePush() {
  const settings = useQuery({
    queryKey: ["push"],
    queryFn: async () => ({
      ...(await answerOf(api.GET("/v1/push"))),
      endpoint: (await ownSubscription())?.endpoint ?? null,
    }),
  });
  const subscriptions = useQuery({
    queryKey: ["push-subscriptions"],
    queryFn: () => answerOf(api.GET("/v1/push/subscriptions")),
  });
  const refresh = () => Promise.all([settings.refetch(), subscriptions.refetch()]);

  const start = useMutation({
    mutationFn: async () => {
      if ((await Notification.requestPermission()) !== "granted") throw new NotAllowed();
      const { pushManager } = await navigator.serviceWorker.ready;
      const applicationServerKey = settings.data.value?.publicKey ?? "";
      const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
      const body = { ...(subscription.toJSON() as object), label: browserName() };
      await answerOf(api.POST("/v1/push/subscriptions", { body: body as never }));
    },
    onSuccess: refresh,
  });
  const remove = useMutation({
    mutationFn: async ({ id, endpoint }: { id: string; endpoint: string }) => {
      const own = await ownSubscription();
      if (own?.endpoint === endpoint) await own.unsubscribe();
      await answerOf(api.DELETE("/v1/push/subscriptions/{id}", { params: { path: { id } } }));
    },
    onSuccess: refresh,
  });
  const test = useMutation({
    mutationFn: (id: string) => answerOf(api.POST("/v1/push/subscriptions/{id}/test", { params: { path: { id } } })),
  });
  return { settings, subscriptions, start, remove, test };
}
