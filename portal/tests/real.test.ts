/**
 * The real bridge, a real pcscd, the virtual card: `EPORT_CARD_BRIDGE` and `EPORT_VIRTUAL_CARD` name the two programs. Without them there is
 * nothing to test here.
 */

import { spawn, execFileSync, type ChildProcess } from "node:child_process";
import { verify, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { BridgeError, connect, type CardBridge, type Environment, type Signed } from "../src/bridge/index.ts";
import { freePorts } from "./desktop.ts";

const { EPORT_CARD_BRIDGE: BRIDGE, EPORT_VIRTUAL_CARD: CARD } = process.env;
const SITE = "https://id.example.cn";
const NONCE = "A".repeat(43);
const TEXT = `eport-id/card/v1\norigin: ${SITE}\npurpose: login\nnonce: ${NONCE}`;

/** A browser that shows a page of `SITE`. */
const browser: Environment = {
  fetch: (input, init) => fetch(input, { ...init, headers: { ...init?.headers, origin: SITE } }),
  WebSocket: class extends WebSocket {
    constructor(url: string) {
      super(url, { origin: SITE });
    }
  } as unknown as Environment["WebSocket"],
  permissions: undefined,
  isSecureContext: true,
  isLocalPage: false,
};

/** Asks for nothing and says the PIN: a pinentry for a desktop where nobody sits. */
const PINENTRY = `#!/bin/sh
echo "OK"
while read -r line; do
  case $line in
    GETPIN) printf 'D 123456\\nOK\\n' ;;
    *) echo OK ;;
  esac
done
`;

describe.skipIf(BRIDGE === undefined || CARD === undefined)("with the real bridge and the virtual card", () => {
  let folder: string;
  const programs: ChildProcess[] = [];
  let desk: ChildProcess;
  let ports: number[];
  let controlPort: number;

  /** Starts a program and waits for the line of it that fits. */
  function start(program: string, args: string[], env: Record<string, string>, until: RegExp): Promise<[ChildProcess, string]> {
    const child = spawn(program, args, { cwd: folder, env: { ...process.env, ...env }, stdio: ["pipe", "pipe", "pipe"] });
    programs.push(child);
    return new Promise((resolve, reject) => {
      const said: string[] = [];
      const read = (line: string): void => {
        said.push(line);
        const found = until.exec(line);
        if (found !== null) {
          resolve([child, found[1] ?? ""]);
        }
      };
      createInterface(child.stdout).on("line", read);
      createInterface(child.stderr).on("line", read);
      child.on("exit", (code) => reject(new Error(`${program} ended with ${code}: ${said.join("\n")}`)));
    });
  }

  async function connected(): Promise<CardBridge> {
    return connect({ environment: browser, ports, controlPort: null, language: "en" });
  }

  /** Whether the card of the certificate signed the text. */
  function verifies({ certificate, algorithm, signature }: Signed): boolean {
    const { publicKey } = new X509Certificate(Buffer.from(certificate, "base64"));
    const key = { key: publicKey, dsaEncoding: "ieee-p1363" as const };
    return algorithm === "ES256" && verify("sha256", Buffer.from(TEXT), key, Buffer.from(signature, "base64"));
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "bridge-"));
    execFileSync(CARD!, ["issue", "--algorithm", "p256"], { cwd: folder });
    const [running, socket] = await start(CARD!, ["run", "--own-pcscd", "--empty"], {}, /^PCSCLITE_CSOCK_NAME=(.*)$/);
    desk = running;
    writeFileSync(join(folder, "pinentry"), PINENTRY, { mode: 0o755 });
    const [port, control] = await freePorts(2);
    ports = [port!, port! + 1, port! + 2];
    controlPort = control!;
    const settings = [
      `allowed_origins = ["${SITE}"]`,
      `port = ${port}`,
      "compat = true",
      `compat_port = ${controlPort}`,
      `pinentry = "${folder}/pinentry"`,
    ];
    writeFileSync(join(folder, "config.toml"), settings.join("\n"));
    void start(BRIDGE!, ["run", "--config", "config.toml"], { PCSCLITE_CSOCK_NAME: socket }, /(never)/).catch(() => undefined);
    await vi.waitFor(async () => (await connected()).close(), { timeout: 10_000 });
  }, 30_000);

  afterAll(() => {
    programs.reverse().forEach((program) => program.kill());
    rmSync(folder, { recursive: true });
  });

  it("a card that is put in is announced, shown, and signs for this site", async () => {
    const bridge = await connected();
    const events: string[] = [];
    bridge.on("card_inserted", ({ reader }) => events.push(`in ${reader}`));
    bridge.on("card_removed", ({ reader }) => events.push(`out ${reader}`));
    const none = await bridge.card().catch((error: unknown) => error);
    expect(none).toBeInstanceOf(BridgeError);
    expect(none).toMatchObject({ code: "bridge.no_card", retry: "after_fix" });

    desk.stdin?.write("insert\n");
    await expect.poll(() => events, { timeout: 5000 }).toEqual(["in Virtual reader A 00 00"]);
    expect(await bridge.card()).toMatchObject({
      reader: "Virtual reader A 00 00",
      number: "8930000104271",
      holder: "张三",
      class: "legal_person",
      algorithm: "ES256",
      triesLeft: 3,
    });

    const signed = await bridge.sign({ purpose: "login", nonce: NONCE, text: TEXT });
    expect(verifies(signed)).toBe(true);

    desk.stdin?.write("remove\n");
    await expect.poll(() => events, { timeout: 5000 }).toEqual(["in Virtual reader A 00 00", "out Virtual reader A 00 00"]);
    bridge.close();
  }, 30_000);

  it("as the client control it shows and signs the same, and nothing that another site could be given", async () => {
    desk.stdin?.write("insert\n");
    const control = await connect({ environment: browser, ports: [], controlPort, language: "en" });
    expect(control.kind).toBe("control");
    await vi.waitFor(async () => expect(await control.card()).toMatchObject({ number: "8930000104271", holder: "张三", algorithm: "ES256" }), {
      timeout: 5000,
    });
    const challenge = { purpose: "login", nonce: NONCE, text: TEXT } as const;
    expect(verifies(await control.sign(challenge))).toBe(true);
    const other = { ...challenge, text: TEXT.replace("id.example.cn", "evil.example") };
    await expect(control.sign(other)).rejects.toMatchObject({ code: "bridge_client.control_refused" });
    control.close();
    desk.stdin?.write("remove\n");
  }, 30_000);
});
