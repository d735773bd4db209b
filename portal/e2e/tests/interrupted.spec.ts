/** What comes between a person and their form: a session that ends elsewhere, a server that goes away, a second tab. */

import type { Page } from "@playwright/test";
import type { Server } from "../stack/server.ts";
import { asPerson, AWAY, endSessions, logInAgain, sent } from "../stack/session.ts";
import { expect, logIn, person, test, type Person } from "../stack/test.ts";

const ADDRESS = "杭州市上城区望江路 1 号";

/** Somebody new who is about to save a new address. */
async function typing(page: Page, server: Server): Promise<Person> {
  const who = await asPerson(page, server, "/account");
  await page.getByRole("button", { name: "修改: 联系信息" }).click();
  await page.getByLabel("联系地址").fill(ADDRESS);
  return who;
}

test("a session that is ended elsewhere in the middle of a form asks for a login over the page, then does what was asked; nothing is lost", async ({ page, server }) => {
  const { phone } = person();
  const zhang = await typing(page, server);
  const main = page.getByRole("main");
  await page.getByLabel("电子邮箱").fill("zhang@example.cn");
  await endSessions(server, zhang);
  const logins = sent(page, "POST", "/v1/sessions");
  await page.getByRole("button", { name: "保存" }).dblclick();
  await expect(page.getByRole("dialog", { name: /重新登录/ })).toContainText("您填写的内容还在");
  await expect(page.getByLabel("联系地址")).toHaveValue(ADDRESS);
  await logInAgain(page, zhang);
  await expect(page.getByText("已保存").first()).toBeVisible();
  await expect(main).toContainText(ADDRESS);
  await expect(main).toContainText("zhang@example.cn");
  expect(logins()).toBe(1);

  // A code is used up by the request that is done, not by the one that was refused.
  await page.getByRole("button", { name: "更换手机号" }).click();
  await page.getByLabel("新手机号").fill(phone);
  await page.getByRole("button", { name: "获取验证码" }).click();
  await page.getByLabel("验证码", { exact: true }).fill(await server.smsCode(phone, "change_phone"));
  const elsewhere = await endSessions(server, zhang);
  await page.getByRole("button", { name: "确定" }).dblclick();
  await logInAgain(page, zhang);
  await expect(page.getByText("手机号已更换").first()).toBeVisible();
  expect((await server.done<{ phone: string }>("GET", "/v1/me", undefined, elsewhere)).phone).toBe(`${phone.slice(0, 3)}****${phone.slice(-4)}`);
});

test("who doesn't log in again is led to the login page, and what they were about to do is not done", async ({ page, server }) => {
  const zhang = await typing(page, server);
  const elsewhere = await endSessions(server, zhang);
  await page.getByRole("button", { name: "保存" }).click();
  await page.getByRole("button", { name: "不再继续，返回登录页" }).click();
  await expect(page).toHaveURL(/\/login$/);
  expect((await server.done<{ address: string | null }>("GET", "/v1/me", undefined, elsewhere)).address).toBeNull();
  await logIn(page, zhang);
  await expect(page.getByRole("main")).toContainText(zhang.name);
});

test("a server that goes away in the middle of a form is told above it, and once it is back the same form is sent in the same session", async ({
  page,
  server,
  expectTrouble,
}) => {
  expectTrouble(AWAY);
  await typing(page, server);
  await server.stop();
  try {
    await page.getByRole("button", { name: "保存" }).click();
    await expect(page.getByRole("main").getByRole("alert").first()).toContainText("无法连接服务器");
    await expect(page.getByLabel("联系地址")).toHaveValue(ADDRESS);
  } finally {
    await server.start();
  }
  const logins = sent(page, "POST", "/v1/sessions");
  await page.getByRole("button", { name: "保存" }).click();
  await expect(page.getByText("已保存").first()).toBeVisible();
  await expect(page.getByRole("main")).toContainText(ADDRESS);
  expect(logins(), "nobody had to log in").toBe(0);
});

test("a server that is started anew under an open page is not noticed", async ({ page, server }) => {
  await typing(page, server);
  await server.stop();
  await server.start();
  await page.getByRole("button", { name: "保存" }).click();
  await expect(page.getByText("已保存").first()).toBeVisible();
  await page.getByRole("link", { name: /消息提醒/ }).first().click();
  await expect(page.getByRole("main")).toContainText("注册成功");
});

test("two tabs whose tokens run out at once go on with one session", async ({ context, page, server }) => {
  const zhang = await asPerson(page, server);
  const other = await context.newPage();
  await other.goto("/");
  await expect(other.getByRole("main")).toContainText(zhang.name);
  const refreshed: number[] = [];
  context.on("response", (response) => {
    if (response.url().endsWith("/v1/sessions/refresh")) {
      refreshed.push(response.status());
    }
  });
  // Ten minutes is how long an access token lasts.
  const later = Date.now() + 9.75 * 60_000;
  await Promise.all([page, other].map((tab) => tab.clock.setSystemTime(later)));
  await Promise.all([page, other].map((tab) => tab.getByRole("link", { name: /消息提醒/ }).first().click()));
  for (const tab of [page, other]) {
    await expect(tab.getByRole("main")).toContainText("注册成功");
    await expect(tab.getByRole("dialog")).toHaveCount(0);
  }
  expect(refreshed.length, "a token was renewed").toBeGreaterThan(0);
  expect(refreshed.filter((status) => status !== 200), "no refresh token came twice").toEqual([]);
  const token = await server.logIn(zhang);
  const { items } = await server.done<{ items: unknown[] }>("GET", "/v1/me/sessions", undefined, token);
  expect(items).toHaveLength(2);
});
