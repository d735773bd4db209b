/** A page with nothing in it but the browser's client of the card, at an origin of its own. */

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build, type Rolldown } from "vite";

let code: Promise<string> | null = null;

/** `portal/src/bridge.ts` as a browser takes it. */
async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, minify: false, lib: { entry: join(import.meta.dirname, "../../src/bridge/index.ts"), formats: ["es"], fileName: "bridge" } },
  });
  const [output] = Array.isArray(built) ? built : [built as Rolldown.RolldownOutput];
  const chunk = output?.output[0];
  if (chunk === undefined) {
    throw new Error("Vite made nothing of bridge.ts");
  }
  return chunk.code;
}

export class BridgePage {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<BridgePage> {
    const script = await (code ??= bundle());
    const server = createServer((request, response) => {
      if (request.url === "/bridge.js") {
        response.writeHead(200, { "content-type": "text/javascript" }).end(script);
      } else {
        const text = '<!doctype html><html lang="zh-CN"><link rel="icon" href="data:,"><title>卡</title><script type="module" src="/bridge.js"></script></html>';
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(text);
      }
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    return new BridgePage(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get origin(): string {
    return `http://localhost:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((stopped) => this.server.close(stopped));
  }
}
