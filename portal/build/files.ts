/**
 * What the component that serves the page needs to know of each file: written to `dist/files.json`, with the compressed forms beside the
 * files. A visitor's first page is compressed once, here, and never on the way.
 */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import type { Plugin } from "vite";

/** One file as `functions/portal/build.rs` reads it. */
interface File {
  /** Where it is found, from the root. */
  readonly path: string;
  readonly type: string;
  /** A digest of its content. */
  readonly etag: string;
  /** Whether its name changes with its content. */
  readonly immutable: boolean;
  /** The file's names in `dist`, by encoding. */
  readonly encodings: Record<string, string>;
}

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".json": "application/json",
  ".txt": "text/plain; charset=utf-8",
  ".woff2": "font/woff2",
};

/** Pictures and fonts are compressed in themselves. */
const COMPRESSED = new Set([".png", ".woff2"]);

export function files(): Plugin {
  let folder = "dist";
  return {
    name: "eport-files",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      const names = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
      const list = names.map((name) => describe(folder, name));
      // In the order of bytes: the component searches by halves.
      list.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
      rmSync(join(folder, "files.json"), { force: true });
      writeFileSync(join(folder, "files.json"), JSON.stringify(list, null, 1));
    },
  };
}

function describe(folder: string, name: string): File {
  const type = TYPES[extname(name)];
  if (type === undefined) {
    throw new Error(`${name}: no media type is known for ${extname(name)}; build/files.ts has the list`);
  }
  const content = readFileSync(join(folder, name));
  const encodings: Record<string, string> = { identity: name };
  if (!COMPRESSED.has(extname(name))) {
    const forms = {
      gzip: [".gz", gzipSync(content, { level: 9 })],
      br: [".br", brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })],
    } as const;
    for (const [encoding, [suffix, bytes]] of Object.entries(forms)) {
      if (bytes.length < content.length) {
        writeFileSync(join(folder, name + suffix), bytes);
        encodings[encoding] = name + suffix;
      }
    }
  }
  return {
    path: `/${name}`,
    type,
    etag: createHash("sha256").update(content).digest("base64url").slice(0, 22),
    immutable: name.startsWith("assets/"),
    encodings,
  };
}
