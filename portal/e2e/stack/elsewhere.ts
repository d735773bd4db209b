/** The service as people meet it: over https, on the internet as far as the browser knows, which therefore asks before a page reaches this machine. */

import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, CDPSession, LaunchOptions } from "@playwright/test";
import { Server } from "./server.ts";

const HOST = "id.example";

export class Elsewhere {
  private said: CDPSession | null = null;

  private constructor(
    readonly server: Server,
    private readonly browser: Browser,
    readonly context: BrowserContext,
    private readonly folder: string,
  ) {}

  static async start(browser: Browser, options: LaunchOptions = {}): Promise<Elsewhere> {
    const folder = mkdtempSync(join(tmpdir(), "eport-site-"));
    const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
    const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", `/CN=${HOST}`];
    execFileSync("openssl", [...made, "-addext", `subjectAltName=DNS:${HOST}`, "-keyout", key, "-out", certificate], { stdio: "ignore" });
    const spki = new X509Certificate(readFileSync(certificate)).publicKey.export({ type: "spki", format: "der" });
    const port = await freePort();
    const origin = `https://${HOST}:${port}`;
    const server = new Server({}, { origin, port, certificate, key });
    await server.start();
    const own = await browser.browserType().launch({
      ...options,
      args: [
        ...(options.args ?? []),
        `--host-resolver-rules=MAP ${HOST} 127.0.0.1`,
        `--ip-address-space-overrides=127.0.0.1:${port}=public`,
        `--ignore-certificate-errors-spki-list=${createHash("sha256").update(spki).digest("base64")}`,
      ],
    });
    return new Elsewhere(server, own, await own.newContext({ locale: "zh-CN", baseURL: origin }), folder);
  }

  /** What the person said, or says, to the browser's question. */
  async permit(setting: "granted" | "denied" | "prompt"): Promise<void> {
    // What was said is taken back with the session that said it: it lasts as long as the browser.
    const client = (this.said ??= await this.browser.newBrowserCDPSession());
    // Each context has permissions of its own, and one that isn't named is the browser's first, in which no page of ours is.
    const { browserContextIds } = await client.send("Target.getBrowserContexts");
    for (const browserContextId of browserContextIds) {
      for (const name of ["loopback-network", "local-network"]) {
        await client.send("Browser.setPermission", { browserContextId, origin: this.server.origin, permission: { name }, setting });
      }
    }
  }

  async end(): Promise<void> {
    await this.browser.close();
    await this.server.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
