/** What a test sees and does of a page's session and requests. */

import { expect, type Page } from "@playwright/test";
import { person, type Person } from "./people.ts";
import type { Server } from "./server.ts";
import { logIn } from "./walk.ts";

/** Somebody new, logged in on the page at `path`. */
export async function asPerson(page: Page, server: Server, path = "/"): Promise<Person> {
  const who = person();
  await server.register(who);
  await page.goto(path);
  await logIn(page, who);
  return who;
}

/** What the console says of requests to a server that is away. */
export const AWAY = /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED/;

/** How many such requests the page has sent since: a double click must not do a thing twice. */
export function sent(page: Page, method: string, path: string | RegExp): () => number {
  let count = 0;
  page.on("request", (request) => {
    const { pathname } = new URL(request.url());
    count += Number(request.method() === method && (typeof path === "string" ? pathname === path : path.test(pathname)));
  });
  return () => count;
}

/** Ends all sessions of a person from another device, whose own is all that is left; its access token. */
export async function endSessions(server: Server, who: Person): Promise<string> {
  const token = await server.logIn(who);
  const { items } = await server.done<{ items: { id: string; current: boolean }[] }>("GET", "/v1/me/sessions", undefined, token);
  for (const session of items.filter(({ current }) => !current)) {
    await server.done("DELETE", `/v1/me/sessions/${session.id}`, undefined, token);
  }
  return token;
}

/** Logs in again in the dialog that has come over the page. */
export async function logInAgain(page: Page, { username, password }: Person): Promise<void> {
  const dialog = page.getByRole("dialog", { name: /重新登录/ });
  await dialog.getByLabel("账号", { exact: true }).fill(username);
  await dialog.getByLabel("密码", { exact: true }).fill(password);
  await dialog.getByRole("button", { name: "登录", exact: true }).dblclick();
  await expect(dialog).toBeHidden();
}
