// Builds the console into web/dist, which the Worker serves as its static assets. `npm run web:dev` serves it with hot reload and
// hands API and sockets on to a control plane (`npm start`).
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import vue from "@vitejs/plugin-vue";
import { defineConfig, type Plugin } from "vite";
import vuetify from "vite-plugin-vuetify";

const root = fileURLToPath(new URL(".", import.meta.url));
const controlPlane = process.env.CONTROL_PLANE_URL ?? "http://127.0.0.1:8787";

/** The API's description, which the Worker reads from its assets to answer `GET /v1/openapi.json`. */
const apiDescription: Plugin = {
  name: "api-description",
  generateBundle() {
    const source = JSON.stringify(JSON.parse(readFileSync(`${root}api/openapi.json`, "utf8")));
    this.emitFile({ type: "asset", fileName: "api-description.json", source });
  },
};

export default defineConfig({
  root,
  plugins: [vue(), vuetify({ autoImport: true }), apiDescription],
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
