// Starts the console: plugins, router, service worker.
import { VueQueryPlugin } from "@tanstack/vue-query";
import { createApp } from "vue";
import App from "./app.vue";
import { i18n } from "./i18n.ts";
import { applyPreferences } from "./preferences.ts";
import { queryOptions } from "./queries.ts";
import { router } from "./router.ts";
import { vuetify } from "./vuetify.ts";

applyPreferences();
createApp(App).use(i18n).use(vuetify).use(VueQueryPlugin, queryOptions).use(router).mount("#app");

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  void navigator.serviceWorker.register("/service-worker.js").catch(() => {
    // The console works without: offline it cannot be opened, that is all.
  });
}
