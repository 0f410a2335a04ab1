// The console's pages by path. All but signing in need somebody who is signed in; a page's code is loaded when it is opened.
import { createRouter, createWebHistory, type RouteLocationRaw, type RouteRecordRaw } from "vue-router";
import { loadSession, sessionWhenReachable } from "./session.ts";

declare module "vue-router" {
  interface RouteMeta {
    /** Shown to whoever comes. */
    isPublic?: boolean;
    /** Without navigation around it. */
    isBare?: boolean;
    /** Key of the title in the messages. */
    title?: string;
  }
}

const routes: RouteRecordRaw[] = [
  { path: "/", redirect: "/devices" },
  {
    path: "/sign-in",
    component: () => import("./pages/sign-in.vue"),
    meta: { isPublic: true, isBare: true, title: "signIn.signIn" },
  },
  { path: "/devices", component: () => import("./pages/devices.vue"), meta: { title: "devices.title" } },
  { path: "/devices/add", component: () => import("./pages/add-device.vue"), meta: { title: "add.title" } },
  { path: "/pair", component: () => import("./pages/pair.vue"), meta: { title: "add.pair.title" } },
  {
    path: "/devices/:id(dev_[^/]+)/:tab?",
    component: () => import("./pages/device.vue"),
    meta: { title: "devices.title" },
  },
  {
    path: "/configurations",
    component: () => import("./pages/configurations.vue"),
    meta: { title: "configurations.title" },
  },
  { path: "/dashboards", component: () => import("./pages/dashboards.vue"), meta: { title: "dashboards.title" } },
  { path: "/dashboards/:id", component: () => import("./pages/dashboard.vue"), meta: { title: "dashboards.title" } },
  {
    path: "/dashboards/shared/:id",
    component: () => import("./pages/shared-dashboard.vue"),
    meta: { title: "dashboards.title" },
  },
  {
    path: "/shared",
    component: () => import("./pages/shared-link.vue"),
    meta: { isPublic: true, isBare: true, title: "dashboards.title" },
  },
  { path: "/rules/:id?", component: () => import("./pages/rules.vue"), meta: { title: "rules.title" } },
  { path: "/messages", component: () => import("./pages/messages.vue"), meta: { title: "mqtt.title" } },
  { path: "/usage", component: () => import("./pages/usage.vue"), meta: { title: "usage.title" } },
  { path: "/account", component: () => import("./pages/account.vue"), meta: { title: "account.title" } },
  {
    path: "/:path(.*)*",
    component: () => import("./pages/not-found.vue"),
    meta: { isPublic: true, title: "common.notFound.title" },
  },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
});

router.beforeEach(async (to) => {
  if (to.meta.isPublic) return true;
  try {
    if (await loadSession()) return true;
  } catch {
    // Offline: the page shows what it knows, says so, and finds out later who is there.
    void askWhoIsThere();
    return true;
  }
  return signInBefore(to.fullPath);
});

async function askWhoIsThere(): Promise<void> {
  const person = await sessionWhenReachable();
  const { fullPath, meta } = router.currentRoute.value;
  if (!person && !meta.isPublic) await router.replace(signInBefore(fullPath));
}

function signInBefore(next: string): RouteLocationRaw {
  return { path: "/sign-in", query: next === "/devices" ? {} : { next } };
}

// A deployment has replaced the files that this page would load next: fetch the page anew.
router.onError((error, to) => {
  if (/dynamically imported module|Importing a module script failed/i.test(String(error))) {
    window.location.assign(to.fullPath);
  }
});
