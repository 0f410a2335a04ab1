// Builds the console into web/dist, which the Worker serves as its static assets. `npm run web:dev` serves it with hot reload and
// hands API and sockets on to a control plane (`npm start`).
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import vuetify from "vite-plugin-vuetify";

const root = fileURLToPath(new URL(".", import.meta.url));
const controlPlane = process.env.CONTROL_PLANE_URL ?? "http://127.0.0.1:8787";

export default defineConfig({
  root,
  plugins: [vue(), vuetify({ autoImport: true })],
  define: {
    __VUE_OPTIONS_API__: true,
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    // Messages are read without eval, which the content security policy forbids.
    __INTLIFY_JIT_COMPILATION__: true,
  },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    manifest: true,
    rollupOptions: {
      input: { console: `${root}index.html`, "service-worker": `${root}service-worker.ts` },
      output: {
        entryFileNames: ({ name }) => (name === "service-worker" ? "service-worker.js" : "assets/[name]-[hash].js"),
      },
    },
  },
  server: {
    port: 5173,
    host: "127.0.0.1",
    proxy: {
      "/v1": { target: controlPlane, ws: true },
      "/api": controlPlane,
      "/mqtt": { target: controlPlane, ws: true },
    },
  },
});
