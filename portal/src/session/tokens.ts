/**
 * The tokens of the session.
 *
 * The access token is in memory, in each tab; the refresh token in a cookie that no script can read. A refresh token works once, and one
 * that comes twice ends the session, so only one tab at a time may refresh: the others wait and get the new access token from it.
 */

import type { components } from "../api/schema";
import { own } from "../api/problem.ts";
import { language } from "../texts/index.ts";
import { alone } from "./alone.ts";

export type Created = components["schemas"]["SessionCreated"];

/** A token this close to its end is renewed before it is used: requests take time, and clocks differ. */
const EARLY_MS = 30_000;

/** Set while somebody seems to be logged in, so that a visitor's first page asks for nothing in vain. It is no secret and proves nothing. */
const HINT = "eport.session";

/** What tabs tell each other. */
type Told = { what: "tokens"; created: Created; until: number } | { what: "logged_out" };

/** What the rest of the page does when something happens to the session. */
export interface Watcher {
  /** New tokens: of a login or a refresh, of this tab or of another one. */
  opened(account: Created["account"], elsewhere: boolean): void;
  /** The session is over. `here`: nobody in this tab asked for it. */
  closed(): void;
  /** Has the person log in again, over the page; false where they don't want to. */
  ask(): Promise<boolean>;
}

class Tokens {
  private token: string | null = null;
  private until = 0;
  private account: string | null = null;
  private renewing: Promise<string | null> | null = null;
  private asking: Promise<boolean> | null = null;
  private watcher: Watcher | null = null;
  private readonly tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("eport-session");

  constructor() {
    this.tabs?.addEventListener("message", ({ data }: MessageEvent<Told>) => this.heard(data));
  }

  watch(watcher: Watcher): void {
    this.watcher = watcher;
  }

  /**
   * The access token, renewed where it is about to expire; null where nobody is logged in. Where the session has ended, the person is asked
   * to log in again first.
   *
   * @throws Problem `page.unreachable`, `page.ended`
   */
  async current(): Promise<string | null> {
    const { token, account } = this;
    const kept = token !== null && Date.now() > this.until - EARLY_MS ? await this.renew(token) : token;
    return kept === null && account !== null ? this.logInAgain(token) : kept;
  }

  /** Whether a session may be waiting to be taken up again. */
  get expected(): boolean {
    return read(HINT) !== null;
  }

  /** Takes up the session that the cookie is of, when the page is loaded. */
  async resume(): Promise<boolean> {
    return (await this.renew(null)) !== null;
  }

  /**
   * A token newer than `old`; null where the session is over.
   *
   * @throws Problem `page.unreachable`
   */
  async renew(old: string | null): Promise<string | null> {
    this.renewing ??= alone(() => (this.token !== old && this.token !== null ? Promise.resolve(this.token) : this.refresh())).finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  /**
   * A token of a new session of the same person, after that of `old` ended.
   *
   * @throws Problem `page.ended` where they don't log in again
   */
  async logInAgain(old: string | null): Promise<string> {
    if (this.token !== null && this.token !== old) {
      return this.token;
    }
    this.token = null;
    this.asking ??= (this.watcher?.ask() ?? Promise.resolve(false)).finally(() => {
      this.asking = null;
    });
    if (!(await this.asking) || this.token === null) {
      throw own("ended");
    }
    return this.token;
  }

  /** Logs in: `work` asks the server for a session. Not while another tab refreshes, or its cookie would come after ours. */
  async open(work: () => Promise<Created>): Promise<Created> {
    const created = await alone(work);
    this.take(created, Date.now() + created.expires_in * 1000);
    this.tell({ what: "tokens", created, until: this.until });
    return created;
  }

  /** Logs out: `work` tells the server, with the token that it is given. */
  async close(work: (token: string) => Promise<unknown>): Promise<void> {
    const token = Date.now() > this.until - EARLY_MS ? await this.renew(this.token).catch(() => this.token) : this.token;
    await alone(() => (token === null ? Promise.resolve() : work(token))).finally(() => {
      this.forget();
      this.tell({ what: "logged_out" });
    });
  }

  /** The person doesn't log in again: the page is nobody's. */
  abandon(): void {
    this.forget();
  }

  private async refresh(): Promise<string | null> {
    let response: Response;
    try {
      response = await fetch("/v1/sessions/refresh", {
        method: "POST",
        headers: { "content-type": "application/json", "accept-language": language.value, "eport-refresh-cookie": "1" },
        body: "{}",
        // A page that is left meanwhile still gets the new cookie.
        keepalive: true,
      });
    } catch {
      throw own("unreachable");
    }
    if (response.status === 401) {
      this.token = null;
      forget(HINT);
      return null;
    }
    if (!response.ok) {
      throw own("unreachable", response.status);
    }
    const created = (await response.json()) as Created;
    this.take(created, Date.now() + created.expires_in * 1000);
    this.tell({ what: "tokens", created, until: this.until });
    return this.token;
  }

  private take(created: Created, until: number, elsewhere = false): void {
    if (this.account !== null && this.account !== created.account.id) {
      // Another person now: nothing on this page is theirs.
      location.assign("/");
      return;
    }
    this.token = created.access_token;
    this.until = until;
    this.account = created.account.id;
    write(HINT, "1");
    this.watcher?.opened(created.account, elsewhere);
  }

  private forget(): void {
    this.token = null;
    this.account = null;
    forget(HINT);
    this.watcher?.closed();
  }

  private tell(told: Told): void {
    this.tabs?.postMessage(told);
  }

  private heard(told: Told): void {
    switch (told.what) {
      case "tokens":
        this.take(told.created, told.until, true);
        break;
      case "logged_out":
        this.forget();
    }
  }
}

export const tokens = new Tokens();

function read(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Then the page asks at each start.
  }
}

function forget(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // Nothing was kept.
  }
}
