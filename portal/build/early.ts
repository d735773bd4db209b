/**
 * Has the page ask for the files of the login page together with its first ones, instead of after these have run: on a slow network that is a
 * round trip less before a visitor sees anything. Nobody gets them in vain: who is logged in needs them for a session that ends in the middle.
 */

import type { Plugin, Rolldown } from "vite";

const PAGES = ["/src/layout/VisitorLayout.vue", "/src/pages/login/LoginPage.vue"];

export function early(): Plugin {
  return {
    name: "eport-early",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const files = new Set<string>();
        const need = (name: string): void => {
          const chunk = bundle[name];
          if (chunk?.type !== "chunk" || files.has(name)) {
            return;
          }
          files.add(name);
          chunk.imports.forEach(need);
          chunk.viteMetadata?.importedCss.forEach((style) => files.add(style));
        };
        const isOf = (page: string) => (chunk: Rolldown.OutputChunk) => chunk.moduleIds.some((id) => id.endsWith(page));
        for (const page of PAGES) {
          const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
          const found = chunks.find(isOf(page));
          if (found === undefined) {
            this.error(`no file has ${page}`);
          }
          need(found.fileName);
        }
        return [...files]
          .filter((name) => !html.includes(name))
          .map((name) => ({
            tag: "link",
            attrs: { ...(name.endsWith(".css") ? { rel: "preload", as: "style" } : { rel: "modulepreload" }), crossorigin: true, href: `/${name}` },
            injectTo: "head",
          }));
      },
    },
  };
}
