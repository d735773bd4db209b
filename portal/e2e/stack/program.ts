/** A program under test: started, waited for, stopped by its process id. */

import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

/** The first start compiles every component, on a machine that may be busy. */
const START_MS = 300_000;
const STOP_MS = 5000;

/** The programs, where `script/test` built them. */
export function built(name: string): string {
  const folder = process.env["EPORT_BUILD"];
  if (folder === undefined) {
    throw new Error("EPORT_BUILD names the folder with eport, card-bridge and eport-virtual-card; script/test sets it");
  }
  return `${folder}/${name}`;
}

export interface Start {
  readonly args: readonly string[];
  readonly env?: Record<string, string>;
  readonly cwd?: string;
  /** The line that says that it is ready; its first group is what comes back as `said`. */
  readonly until: RegExp;
}

export class Program {
  private constructor(
    private readonly child: ChildProcess,
    /** Everything that it wrote. */
    readonly lines: readonly string[],
    /** What the ready line said. */
    readonly said: string,
  ) {}

  static async start(path: string, { args, env, cwd, until }: Start): Promise<Program> {
    const child = spawn(path, args, { cwd, env: { ...process.env, ...env }, stdio: "pipe" });
    const lines: string[] = [];
    const ready = new Promise<string>((resolve, reject) => {
      const fail = (why: string): void => reject(new Error(`${path} ${why}:\n${lines.join("\n")}`));
      const late = setTimeout(() => fail("isn't ready"), START_MS);
      const read = (line: string): void => {
        lines.push(line);
        const found = until.exec(line);
        if (found !== null) {
          clearTimeout(late);
          resolve(found[1] ?? "");
        }
      };
      createInterface(child.stdout).on("line", read);
      createInterface(child.stderr).on("line", read);
      child.on("error", (error) => fail(error.message));
      child.on("exit", (code, signal) => fail(`ended with ${code ?? signal}`));
    });
    try {
      return new Program(child, lines, await ready);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Says something to its standard input. */
  say(line: string): void {
    this.child.stdin?.write(`${line}\n`);
  }

  /** Waits for its end; asks for it first if `signal` is given, and insists after five seconds. */
  async stop(signal: NodeJS.Signals | null = "SIGTERM"): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return;
    }
    const ended = new Promise<void>((resolve) => this.child.once("exit", () => resolve()));
    if (signal !== null) {
      this.child.kill(signal);
    }
    const late = setTimeout(() => this.child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(late);
  }
}
