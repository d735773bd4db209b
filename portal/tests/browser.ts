/** What a browser has and Node doesn't, shared by the tabs of a test, and a server that keeps one session. */

import { vi } from "vitest";

const ORIGIN = "http://127.0.0.1:3000";

/** A browser that forgets everything with the test. */
export function browser(): void {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => kept.set(name, value),
    removeItem: (name: string) => kept.delete(name),
  });
  let last: Promise<unknown> = Promise.resolve();
  const request = (_name: string, work: () => Promise<unknown>): Promise<unknown> => {
    const next = last.then(work, work);
    last = next.catch(() => undefined);
    return next;
  };
  vi.stubGlobal("navigator", { locks: { request } });
  // An address without a host is the page's server's.
  const { Request } = globalThis;
  vi.stubGlobal(
    "Request",
    class extends Request {
      constructor(input: RequestInfo | URL, init?: RequestInit) {
        super(typeof input === "string" ? new URL(input, ORIGIN) : input, init);
      }
    },
  );
  vi.stubGlobal("location", { assign: vi.fn(), origin: ORIGIN });
}

type Tab = {
  tokens: (typeof import("../src/session/tokens.ts"))["tokens"];
  send: (typeof import("../src/api/send.ts"))["send"];
  sendAsVisitor: (typeof import("../src/api/send.ts"))["sendAsVisitor"];
};

/** Opens a tab: the page's modules, loaded anew. */
export async function tab(): Promise<Tab> {
  vi.resetModules();
  const [{ tokens }, { send, sendAsVisitor }] = [await import("../src/session/tokens.ts"), await import("../src/api/send.ts")];
  return { tokens, send, sendAsVisitor };
}

/** A server with one person, whose refresh token works once, and whose second use ends the session. */
export class Server {
  /** Requests that came, with their header. */
  readonly heard: Request[] = [];
  /** What the next requests meet instead of an answer. */
  broken = 0;
  private number = 0;
  /** The number of the access token that counts no more. */
  private expired = -1;
  private live = false;
  /** The browser's cookie: it changes when an answer arrives, not before. */
  private cookie = 0;

  constructor(private readonly account = "a") {
    vi.stubGlobal("fetch", (input: string | Request, init?: RequestInit) => this.answer(input, init));
  }

  get refreshes(): number {
    return this.heard.filter((request) => request.url.endsWith("/refresh")).length;
  }

  /** Ends the session, as staff or another device does. */
  end(): void {
    this.live = false;
  }

  /** Lets the access token expire, and the session live on. */
  expire(): void {
    this.expired = this.number;
  }

  /** What a login gives. */
  open(account = this.account): Promise<never> {
    this.live = true;
    this.cookie = ++this.number;
    return Promise.resolve(this.created(account) as never);
  }

  private created(account: string): object {
    return {
      access_token: `token-${this.number}`,
      token_type: "Bearer",
      expires_in: 600,
      account: { id: account, username: "zhang.san", name: "张三", state: "active", staff: false, password_change_required: false },
    };
  }

  private async answer(input: string | Request, init?: RequestInit): Promise<Response> {
    const request = typeof input === "string" ? new Request(`http://127.0.0.1:3000${input}`, init) : input;
    this.heard.push(request);
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (this.broken > 0) {
      this.broken -= 1;
      throw new TypeError("Failed to fetch");
    }
    if (request.url.endsWith("/v1/sessions/refresh")) {
      if (!this.live || this.cookie !== this.number) {
        this.live = false;
        return refusal("session.refresh_reused");
      }
      const next = ++this.number;
      await new Promise((resolve) => setTimeout(resolve, 5));
      this.cookie = next;
      return Response.json(this.created(this.account));
    }
    if (this.expired === this.number || request.headers.get("authorization") !== `Bearer token-${this.number}`) {
      return refusal(this.live ? "session.token_expired" : "session.ended");
    }
    return this.live ? Response.json({ body: await request.clone().text() }) : refusal("session.ended");
  }
}

function refusal(code: string): Response {
  const body = { type: `urn:eport-id:problem:${code}`, title: "t", detail: "d", fix: "f", code, retry: "after_fix", status: 401, errors: [] };
  return new Response(JSON.stringify(body), { status: 401, headers: { "content-type": "application/problem+json" } });
}
