/** One `eport up` on a free port, with SQLite in a folder of its own and the outbox for SMS. */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Person } from "./people.ts";
import { built, Program } from "./program.ts";

const REPOSITORY = resolve(import.meta.dirname, "../../..");

/** An address on the internet, as far as the browser knows. */
export interface Site {
  readonly origin: string;
  readonly port: number;
  /** PEM files. */
  readonly certificate: string;
  readonly key: string;
}

export class Server {
  private program: Program | null = null;
  private readonly folder = mkdtempSync(join(tmpdir(), "eport-browser-"));
  private port = 0;

  constructor(
    private readonly variables: Record<string, string> = {},
    private readonly site: Site | null = null,
  ) {}

  /** What a person types: a page of this machine, which browsers take as safe, or the site's. */
  get origin(): string {
    return this.site?.origin ?? `http://localhost:${this.port}`;
  }

  get pid(): number {
    return this.program?.pid ?? 0;
  }

  /** Starts it, or starts it again on the same port with what it kept. */
  async start(): Promise<void> {
    this.shareCompiledCode();
    this.port ||= this.site?.port ?? 0;
    const variables = { environment: "development", ...(this.site === null ? {} : { issuer: this.site.origin }), sms_address_hour: "100000", card_challenges_minute: "100000", ...this.variables };
    this.program = await Program.start(built("eport"), {
      args: [
        "up",
        "--from",
        join(REPOSITORY, "spin.toml"),
        "--state-dir",
        join(this.folder, "state"),
        "--listen",
        `127.0.0.1:${this.port}`,
        "--log",
        join(this.folder, "access.log"),
        ...(this.site === null ? [] : ["--tls-cert", this.site.certificate, "--tls-key", this.site.key]),
        ...Object.entries(variables).flatMap(([name, value]) => ["--variable", `${name}=${value}`]),
      ],
      cwd: this.folder,
      until: /answers at https?:\/\/127\.0\.0\.1:(\d+)/,
    });
    this.port = Number(this.program.said);
  }

  /** Compiled code is named by what it was compiled from, so all servers of a build share one folder of it, with those of `tests`. */
  private shareCompiledCode(): void {
    const [cache, state] = [built("eport-tests-cache"), join(this.folder, "state")];
    mkdirSync(cache, { recursive: true });
    mkdirSync(state, { recursive: true, mode: 0o700 });
    if (!existsSync(join(state, "cache"))) {
      symlinkSync(cache, join(state, "cache"));
    }
  }

  /** Stops it, as for an upgrade. */
  async stop(): Promise<void> {
    await this.program?.stop();
    this.program = null;
  }

  /** Stops it for good. */
  async end(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a command of `eport` on this installation. */
  command(...args: string[]): string {
    return execFileSync(built("eport"), [...args, "--state-dir", join(this.folder, "state")], { encoding: "utf8" });
  }

  /** Makes a staff account; its first password, which must be changed at once. */
  addStaff(username: string, name: string): string {
    return this.command("staff", "add", "--username", username, "--name", name).trim();
  }

  /** Trusts the issuers of these certificates (PEM files). */
  trust(file: string): void {
    this.command("trust", "import", file);
  }

  /** Calls a route as a client without a browser. */
  async call(method: string, path: string, body?: unknown, token?: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Calls a route, and returns what it answers; anything but success is an error of the test. */
  async done<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
    const answer = await this.call(method, path, body, token);
    const text = await answer.text();
    if (!answer.ok) {
      throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    }
    return (text === "" ? null : JSON.parse(text)) as T;
  }

  /** Registers a person without a browser, for tests that are about something else. */
  async register(person: Person): Promise<void> {
    const { name, username, idNumber, phone, password } = person;
    await this.done("POST", "/v1/sms-codes", { phone, purpose: "register" });
    const made = await this.done<{ account_id: string; password_token: string }>("POST", "/v1/registrations", {
      ...{ username, name, phone, id_type: "resident_id", id_number: idNumber, terms_accepted: true },
      sms_code: await this.smsCode(phone, "register"),
    });
    await this.done("PUT", `/v1/registrations/${made.account_id}/password`, { password_token: made.password_token, password });
  }

  /** Logs a person in somewhere else than in the browser; the access token. */
  async logIn({ username, password }: Pick<Person, "username" | "password">): Promise<string> {
    return (await this.done<{ access_token: string }>("POST", "/v1/sessions", { method: "password", username, password })).access_token;
  }

  /** The newest code for a phone: what the person would read in the SMS. */
  async smsCode(phone: string, purpose?: string): Promise<string> {
    return (await this.sms(phone, purpose)).code ?? "";
  }

  /** The newest SMS to a phone. */
  async sms(phone: string, purpose?: string): Promise<{ text: string; code: string | null; purpose: string }> {
    for (let wait = 0; wait < 50; wait += 1) {
      const answer = await this.call("GET", `/v1/dev/outbox?phone=${encodeURIComponent(phone)}`);
      const { items } = (await answer.json()) as { items: { text: string; code: string | null; purpose: string }[] };
      const found = items.find((item) => purpose === undefined || item.purpose === purpose);
      if (found !== undefined) {
        return found;
      }
      await new Promise((later) => setTimeout(later, 100));
    }
    throw new Error(`no SMS for ${phone}`);
  }
}
