import { fileURLToPath } from "node:url";

import vue from "@vitejs/plugin-vue";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";
import components from "unplugin-vue-components/vite";
import { defineConfig } from "vitest/config";

import { groups } from "./build/chunks.ts";
import { early } from "./build/early.ts";
import { files } from "./build/files.ts";
import { manual } from "./build/manual.ts";

export default defineConfig({
  plugins: [
    vue(),
    // Element Plus's parts come in where a template names them, with their styles. Our own are imported by hand: a reader sees from where.
    components({ dirs: [], dts: false, resolvers: [ElementPlusResolver({ importStyle: "css" })] }),
    manual(),
    early(),
    files(),
  ],
  // What of vue-i18n nothing here uses: its older interface, its components, and what is for its makers' tools.
  define: { __VUE_I18N_LEGACY_API__: false, __VUE_I18N_FULL_INSTALL__: false, __INTLIFY_PROD_DEVTOOLS__: false },
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  build: {
    target: "es2022",
    // A file of its own for each: a data: address for a script or a style is what the Content-Security-Policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { output: { codeSplitting: { groups } } },
  },
  // `npm run dev` shows the page as it is being written, over the services of `script/server`.
  // The manual is beside the page, not in it.
  server: { host: "127.0.0.1", port: 5173, fs: { allow: [".", "../docs/manual"] }, proxy: { "/v1": process.env["EPORT_SERVER"] ?? "http://127.0.0.1:3000" } },
  test: {
    include: ["tests/**/*.test.ts"],
    server: { deps: { inline: ["element-plus"] } },
  },
});
