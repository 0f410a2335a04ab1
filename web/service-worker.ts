// Keeps the app's shell for when there is no network: the page and the hashed files it has loaded once. Never touches the API, sockets
// or anything else that could be stale. Pushed notifications are shown from here.
const worker = globalThis as unknown as ServiceWorkerGlobalScope;

const shell = "shell-v1";
const page = "/";

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(shell).then((cache) => cache.add(page)));
  void worker.skipWaiting();
});

worker.addEventListener("activate", (event) => {
  const removeOld = caches
    .keys()
    .then((names) => Promise.all(names.filter((name) => name !== shell).map((name) => caches.delete(name))));
  event.waitUntil(Promise.all([removeOld, worker.clients.claim()]));
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (url.pathname.startsWith("/assets/")) event.respondWith(fromCacheFirst(request));
  else if (request.mode === "navigate" && !isOfTheWorker(url.pathname)) event.respondWith(pageOf(request));
});

/** Paths that the API answers, pages of its own among them. */
function isOfTheWorker(path: string): boolean {
  return /^\/(?:v1|api|mqtt)(?:\/|$)/.test(path);
}

/** Hashed files never change. */
async function fromCacheFirst(request: Request): Promise<Response> {
  const cache = await caches.open(shell);
  const known = await cache.match(request);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

/** The page of the network, and without one that of the last visit: every route is the same page. */
async function pageOf(request: Request): Promise<Response> {
  const cache = await caches.open(shell);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(page, response.clone());
    return response;
  } catch {
    return (await cache.match(page)) ?? Response.error();
  }
}

/** What the server pushes; docs/notifications.md. */
interface Pushed {
  title: string;
  text: string;
  /** A path of the console. */
  url: string;
  notificationId: string;
  ruleId?: string;
}

worker.addEventListener("push", (event) => {
  if (!event.data) return;
  const { title, text, url, notificationId, ruleId } = event.data.json() as Pushed;
  const options = {
    body: text,
    icon: "/icon-192.png",
    badge: "/icon-192.png",
    tag: ruleId ?? notificationId,
    data: { url },
  };
  event.waitUntil(worker.registration.showNotification(title, options));
});

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { url } = event.notification.data as { url: string };
  event.waitUntil(openPage(new URL(url, worker.location.origin)));
});

/** In a window that is open already, if there is one. */
async function openPage(url: URL): Promise<void> {
  if (url.origin !== worker.location.origin) return;
  const [window] = await worker.clients.matchAll({ type: "window" });
  if (!window) await worker.clients.openWindow(url);
  else await (await window.focus()).navigate(url);
}
