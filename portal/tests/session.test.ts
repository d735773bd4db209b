import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { browser, Server, tab } from "./browser.ts";

let server: Server;

beforeEach(() => {
  browser();
  server = new Server();
});
afterEach(() => vi.unstubAllGlobals());

const get = (path = "/v1/me"): Request => new Request(`http://127.0.0.1:3000${path}`);
const post = (body: string): Request => new Request("http://127.0.0.1:3000/v1/me/phone", { method: "POST", body });

/** A tab whose person logs in again at once, or never does. */
async function loggedIn(again: boolean = true) {
  const page = await tab();
  const closed = vi.fn();
  const ask = vi.fn(async () => {
    if (again) {
      await page.tokens.open(() => server.open());
    }
    return again;
  });
  page.tokens.watch({ opened: () => undefined, closed, ask });
  await page.tokens.open(() => server.open());
  return { ...page, ask, closed };
}

test("a visitor's first page asks for no session", async () => {
  const { tokens } = await tab();
  expect(tokens.expected).toBe(false);
  expect(server.heard).toHaveLength(0);
});

test("a page that is loaded anew takes its session up again", async () => {
  await loggedIn();
  const { tokens, send } = await tab();
  expect(tokens.expected).toBe(true);
  expect(await tokens.resume()).toBe(true);
  expect((await send(get())).status).toBe(200);
});

test("tabs that refresh at once do it one after the other, and the session lives", async () => {
  await loggedIn();
  const tabs = [await tab(), await tab(), await tab()];
  expect(await Promise.all(tabs.map(({ tokens }) => tokens.resume()))).toEqual([true, true, true]);
  for (const { send } of tabs) {
    expect((await send(get())).status).toBe(200);
  }
});

test("requests that meet an expired token at once make one refresh and are repeated", async () => {
  const { send } = await loggedIn();
  const before = server.refreshes;
  server.expire();
  const answers = await Promise.all([send(get("/v1/me")), send(get("/v1/messages")), send(post("{}"))]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(server.refreshes - before).toBe(1);
});

test("what was sent when the session ended is sent again after the person has logged in, body and all", async () => {
  const { send, ask } = await loggedIn();
  server.end();
  const answers = await Promise.all([send(post('{"phone":"13812345678"}')), send(get())]);
  expect(await answers[0]?.json()).toEqual({ body: '{"phone":"13812345678"}' });
  expect(answers[1]?.status).toBe(200);
  expect(ask).toHaveBeenCalledTimes(1);
});

test("who doesn't log in again gets no answer, and nothing hangs", async () => {
  const { send } = await loggedIn(false);
  server.end();
  await expect(send(get())).rejects.toMatchObject({ code: "page.ended" });
});

test("logging out in one tab ends the page in the others", async () => {
  const one = await loggedIn();
  const other = await tab();
  const closed = vi.fn();
  other.tokens.watch({ opened: () => undefined, closed, ask: () => Promise.resolve(false) });
  await other.tokens.resume();
  await one.tokens.close(() => Promise.resolve());
  await vi.waitFor(() => expect(closed).toHaveBeenCalled());
  expect(other.tokens.expected).toBe(false);
});

test("a login in one tab is taken up by another that nobody is logged in to, once, and by the one itself not again", async () => {
  /** A tab with all that a page knows of its session. */
  const whole = async () => {
    const page = await tab();
    const [{ createPinia }, { useSession }] = [await import("pinia"), await import("../src/session/session.ts")];
    const session = useSession(createPinia());
    const joined = vi.fn();
    session.onJoined(joined);
    return { ...page, session, joined };
  };
  const waiting = await whole();
  const one = await whole();
  await one.tokens.open(() => server.open());
  await vi.waitFor(() => expect(waiting.joined).toHaveBeenCalledTimes(1));
  expect([waiting.session.isLoggedIn, waiting.session.me]).toEqual([true, { body: "" }]);
  server.expire();
  expect((await one.send(get())).status).toBe(200);
  expect((await waiting.send(get())).status).toBe(200);
  expect([waiting.joined.mock.calls.length, one.joined.mock.calls.length]).toEqual([1, 0]);
});

test("another person who logs in in another tab doesn't get this one's page", async () => {
  await loggedIn();
  const other = await tab();
  await other.tokens.resume();
  await (await tab()).tokens.open(() => server.open("b"));
  await vi.waitFor(() => expect(location.assign).toHaveBeenCalledWith("/"));
});

test("a request that got no answer is sent once more under the same key", async () => {
  const { send } = await loggedIn();
  server.broken = 1;
  expect((await send(post("{}"))).status).toBe(200);
  const keys = server.heard.filter(({ url }) => url.endsWith("/phone")).map(({ headers }) => headers.get("idempotency-key"));
  expect(keys).toHaveLength(2);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
});

test("a change that has no key is not sent twice", async () => {
  const { send } = await loggedIn();
  server.broken = 1;
  const before = server.heard.length;
  await expect(send(new Request("http://127.0.0.1:3000/v1/me", { method: "PATCH", body: "{}" }))).rejects.toMatchObject({ code: "page.unreachable" });
  expect(server.heard.length - before).toBe(1);
});

test("a server that can't be reached ends no session", async () => {
  const { send, closed, ask } = await loggedIn();
  server.broken = 2;
  await expect(send(get())).rejects.toMatchObject({ code: "page.unreachable" });
  expect((await send(get())).status).toBe(200);
  expect(closed).not.toHaveBeenCalled();
  expect(ask).not.toHaveBeenCalled();
});

test("a visitor's request carries no token and asks for the cookie where there is one to get", async () => {
  const { sendAsVisitor } = await loggedIn();
  await sendAsVisitor(new Request("http://127.0.0.1:3000/v1/sessions", { method: "POST", body: "{}" }));
  await sendAsVisitor(new Request("http://127.0.0.1:3000/v1/sms-codes", { method: "POST", body: "{}" }));
  const [session, code] = server.heard.slice(-2);
  expect([session?.headers.get("authorization"), session?.headers.get("eport-refresh-cookie")]).toEqual([null, "1"]);
  expect([code?.headers.get("authorization"), code?.headers.get("eport-refresh-cookie")]).toEqual([null, null]);
  expect(code?.headers.get("accept-language")).toBe("zh-CN");
});

test("a page that was left in the middle of a refresh gives its request time to bring the cookie", async () => {
  const { alone } = await import("../src/session/alone.ts");
  localStorage.setItem("eport.under-way", String(Date.now() - 1800));
  const began = Date.now();
  await alone(() => Promise.resolve());
  expect(Date.now() - began).toBeGreaterThan(150);
  localStorage.setItem("eport.under-way", String(Date.now() - 60_000));
  const later = Date.now();
  await alone(() => Promise.resolve());
  expect(Date.now() - later).toBeLessThan(100);
});
