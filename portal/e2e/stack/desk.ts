/** A person's desk: a reader without hardware in a real pcscd, cards, the real card bridge, and a pinentry that answers as the test says. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { built, Program } from "./program.ts";

/** As `eport-virtual-card issue` takes it. */
export interface CardOptions {
  readonly class?: "legal_person" | "operator";
  readonly algorithm?: "sm2" | "p256" | "rsa";
  readonly kind?: string;
  readonly enterprise?: string;
  readonly uscc?: string;
  readonly name?: string;
  readonly idNumber?: string;
  readonly cardNumber?: string;
  readonly pin?: string;
}

/** What the person does at the next question of the bridge: says a PIN, agrees, closes the window, or thinks. */
export type Answer = { pin: string } | "yes" | "cancel" | "wait";

/** The authority that issues the cards of all desks. */
export class Authority {
  readonly folder = mkdtempSync(join(tmpdir(), "eport-cards-"));
  private issued = 0;

  /** Its certificates, in a PEM file. */
  trustFile(algorithm: "sm2" | "p256" | "rsa" = "sm2"): string {
    const file = join(this.folder, `trust-${algorithm}.pem`);
    writeFileSync(file, this.run("ca", "root", "--algorithm", algorithm) + this.run("ca", "intermediate", "--algorithm", algorithm));
    return file;
  }

  /** Issues a card, and returns what it is called. */
  issue(options: CardOptions = {}): string {
    this.issued += 1;
    const name = `card${this.issued}`;
    const { idNumber, cardNumber, ...rest } = options;
    const given = { ...rest, "id-number": idNumber, "card-number": cardNumber, card: name };
    const args = Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [`--${key}`, value]));
    this.run("issue", ...args);
    return name;
  }

  /** What it gives out, as PEM: its certificates, its list of revoked cards (`--out-of-date`: one whose next update was due yesterday). */
  pem(what: "root" | "intermediate" | "crl", algorithm: "sm2" | "p256" | "rsa" = "sm2", ...more: string[]): string {
    return this.run("ca", what, "--algorithm", algorithm, ...more);
  }

  /** Puts a card on its list of revoked cards. */
  revoke(card: string, algorithm: "sm2" | "p256" | "rsa" = "sm2"): void {
    this.run("ca", "revoke", card, "--algorithm", algorithm);
  }

  /** The certificate in a card, DER. */
  certificate(card: string): Buffer {
    const { slots } = JSON.parse(readFileSync(join(this.folder, "cards", `${card}.json`), "utf8")) as { slots: { certificate: string | null }[] };
    return Buffer.from(slots[0]?.certificate ?? "", "hex");
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(...args: string[]): string {
    return execFileSync(built("eport-virtual-card"), [...args, "--state", this.folder], { encoding: "utf8" });
  }
}

/** Answers what is in `answers`, one line a question, and closes the window when that is empty. Keeps what it was told to show. */
const PINENTRY = `#!/bin/sh
cd FOLDER || exit 1
echo "OK Pleased to meet you"
while read -r line; do
    printf '%s\\n' "$line" >> shown
    case $line in
        GETPIN | CONFIRM)
            answer=$(head -n 1 answers)
            sed -i 1d answers
            case $answer in
                "pin "*) printf 'D %s\\nOK\\n' "\${answer#pin }" ;;
                yes) echo OK ;;
                wait) exec sleep 100 ;;
                *) echo "ERR 83886179 Operation cancelled <Pinentry>" ;;
            esac
            ;;
        "OPTION "*) echo "ERR 83886254 Unknown option <Pinentry>" ;;
        *) echo OK ;;
    esac
done
`;

export class Desk {
  private readonly folder = mkdtempSync(join(tmpdir(), "eport-desk-"));
  private reader: Program | null = null;
  private bridge: Program | null = null;

  private constructor(private readonly allowed: readonly string[]) {}

  /** A desk with an empty reader and a bridge that lets the pages of `allowed` use the card. */
  static async start(authority: Authority, allowed: readonly string[]): Promise<Desk> {
    const desk = new Desk(allowed);
    try {
      writeFileSync(join(desk.folder, "pinentry"), PINENTRY.replace("FOLDER", desk.folder), { mode: 0o755 });
      desk.personAnswers();
      desk.reader = await Program.start(built("eport-virtual-card"), {
        args: ["run", "--own-pcscd", "--empty", "--state", authority.folder],
        cwd: desk.folder,
        until: /^PCSCLITE_CSOCK_NAME=(.*)$/,
      });
      await desk.startBridge();
      return desk;
    } catch (error) {
      await desk.end();
      throw error;
    }
  }

  /** Starts the bridge, on the first of its usual ports. `more` are further sites that may use the card. */
  async startBridge(more: readonly string[] = []): Promise<void> {
    const settings = [`allowed_origins = ${JSON.stringify([...this.allowed, ...more])}`, `pinentry = "${this.folder}/pinentry"`, 'language = "zh-CN"'];
    writeFileSync(join(this.folder, "config.toml"), settings.join("\n"));
    this.bridge = await Program.start(built("card-bridge"), {
      args: ["run", "--config", join(this.folder, "config.toml")],
      env: { PCSCLITE_CSOCK_NAME: this.reader?.said ?? "", HOME: this.folder, XDG_DATA_HOME: join(this.folder, "data") },
      cwd: this.folder,
      until: /on http:\/\/127\.0\.0\.1:(\d+)/,
    });
    const port = Number(this.bridge.said);
    if (port !== 24817) {
      throw new Error(`another program has the bridge's first port; this one got ${port}. portal/e2e/run keeps the tests apart`);
    }
  }

  async stopBridge(): Promise<void> {
    await this.bridge?.stop();
    this.bridge = null;
  }

  /** Puts a card into the reader. */
  insert(card: string): void {
    this.reader?.say(`insert ${card}`);
  }

  /** Pulls it. */
  remove(): void {
    this.reader?.say("remove");
  }

  /** What the person does at the next questions. Without any more they close the window. */
  personAnswers(...answers: Answer[]): void {
    const lines = answers.map((answer) => (typeof answer === "string" ? answer : `pin ${answer.pin}`));
    writeFileSync(join(this.folder, "answers"), lines.map((line) => `${line}\n`).join(""));
  }

  /** What the person was shown so far, as pinentry's protocol has it. */
  shown(): string {
    try {
      return readFileSync(join(this.folder, "shown"), "utf8");
    } catch {
      return "";
    }
  }

  /** What the bridge wrote. */
  log(): string {
    return (this.bridge?.lines ?? []).join("\n");
  }

  /** What the reader wrote: which cards came and went, and what it could not do. */
  readerLog(): string {
    return (this.reader?.lines ?? []).join("\n");
  }

  async end(): Promise<void> {
    await this.stopBridge();
    // It takes its pcscd along.
    this.reader?.say("quit");
    await this.reader?.stop(null);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
