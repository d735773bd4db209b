/** J2: logging in by password and by phone, and everything that can go wrong with a session. */

import { asPerson, AWAY, endSessions, logInAgain, sent } from "../stack/session.ts";
import { accessible, expect, logIn, logOut, person, test } from "../stack/test.ts";

test("a person logs in with the username, sees who they are, and logs out", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  await page.goto("/");
  await expect(page).toHaveTitle(/登录/);
  await accessible(page, "login");
  await logIn(page, zhang);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
  await expect(page.getByRole("main")).toContainText(zhang.name);
  await expect(page.getByRole("main")).toContainText(`${zhang.phone.slice(0, 3)}****${zhang.phone.slice(-4)}`);
  await accessible(page, "workbench");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
  await logOut(page);
  await page.goto("/account");
  await expect(page.getByRole("button", { name: "登录", exact: true })).toBeVisible();
});

test("the phone number will do in place of the username", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  await page.goto("/");
  await logIn(page, { username: zhang.phone, password: zhang.password });
  await expect(page.getByRole("main")).toContainText(zhang.name);
});

test("a wrong password says so in words, keeps what was typed, and the right one works after", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  await page.goto("/");
  await page.getByLabel("账号", { exact: true }).fill(zhang.username);
  await page.getByLabel("密码", { exact: true }).fill("not the password");
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("用户名或密码");
  await expect(page.getByLabel("账号", { exact: true })).toHaveValue(zhang.username);
  await accessible(page, "login-wrong");
  await logIn(page, zhang);
  await expect(page.getByRole("main")).toContainText(zhang.name);
});

test("empty fields are told where they are, and nothing is sent", async ({ page }) => {
  const posts = sent(page, "POST", /./);
  await page.goto("/");
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page.getByText("请填写此项").first()).toBeVisible();
  expect(posts()).toBe(0);
});

test("a person logs in with phone and code; a wrong code is told beside the field; the button counts down", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  await page.goto("/");
  await page.getByRole("tab", { name: "手机号登录" }).click();
  const panel = page.getByRole("tabpanel", { name: "手机号登录" });
  await panel.getByLabel("手机号").fill(zhang.phone);
  await panel.getByRole("button", { name: "获取验证码" }).click();
  await expect(panel.getByRole("button", { name: /秒后重新获取/ })).toBeDisabled();
  const code = await server.smsCode(zhang.phone, "login");
  await panel.getByLabel("验证码").fill(code === "000000" ? "111111" : "000000");
  await panel.getByRole("button", { name: "登录" }).click();
  await expect(panel.getByText(/验证码.*(不正确|错误)|(不正确|错误).*验证码/).first()).toBeVisible();
  await expect(panel.getByLabel("验证码")).toHaveAttribute("aria-invalid", "true");
  await accessible(page, "login-phone-wrong");
  await panel.getByLabel("验证码").fill(code);
  const logins = sent(page, "POST", "/v1/sessions");
  await panel.getByRole("button", { name: "登录" }).dblclick();
  await expect(page.getByRole("main")).toContainText(zhang.name);
  expect(logins()).toBe(1);
});

test("a double click on the button logs in once", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  const logins = sent(page, "POST", "/v1/sessions");
  await page.goto("/");
  await page.getByLabel("账号", { exact: true }).fill(zhang.username);
  await page.getByLabel("密码", { exact: true }).fill(zhang.password);
  await page.getByRole("button", { name: "登录", exact: true }).dblclick();
  await expect(page.getByRole("main")).toContainText(zhang.name);
  expect(logins()).toBe(1);
});

test("two tabs share the session: both can be reloaded at once, and logging out in one leaves no other logged in", async ({ context, page, server }) => {
  const zhang = await asPerson(page, server);
  const other = await context.newPage();
  await other.goto("/");
  await expect(other.getByRole("main")).toContainText(zhang.name);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all([page.reload(), other.reload()]);
    await expect(page.getByRole("main")).toContainText(zhang.name);
    await expect(other.getByRole("main")).toContainText(zhang.name);
  }
  await logOut(other);
  await expect(page.getByRole("button", { name: "登录", exact: true })).toBeVisible();
});

test("a login in one tab is taken up by another that waits at its login page, and that one goes where it was going", async ({ context, page, server }) => {
  const zhang = person();
  await server.register(zhang);
  const other = await context.newPage();
  const logins = sent(other, "POST", "/v1/sessions");
  await other.goto("/messages");
  await expect(other.getByRole("button", { name: "登录", exact: true })).toBeVisible();
  await page.goto("/");
  await logIn(page, zhang);
  await expect(other).toHaveURL(/\/messages$/);
  await expect(other.getByRole("main")).toContainText("注册成功");
  expect(logins()).toBe(0);
  await logOut(page);
  await expect(other.getByRole("button", { name: "登录", exact: true })).toBeVisible();
});

test("a session that was ended elsewhere asks for a new login over the page, and goes on where the person was", async ({ page, server }) => {
  const zhang = await asPerson(page, server);
  await expect(page.getByRole("main")).toContainText(zhang.name);
  await endSessions(server, zhang);
  await page.getByRole("link", { name: /消息提醒/ }).first().click();
  const dialog = page.getByRole("dialog", { name: /重新登录/ });
  await expect(dialog).toBeVisible();
  await accessible(page, "login-again");
  await logInAgain(page, zhang);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("消息提醒");
});

test("a server that is away is told in words, and when it is back the same page goes on with the same session", async ({ page, server, expectTrouble }) => {
  // The files of the page that the person goes to don't come either.
  expectTrouble(AWAY);
  const zhang = await asPerson(page, server);
  await expect(page.getByRole("main")).toContainText(zhang.name);
  await server.stop();
  await page.getByRole("link", { name: /消息提醒/ }).first().click();
  await expect(page.getByText("无法连接服务器").first()).toBeVisible();
  await server.start();
  await page.getByRole("button", { name: "重试" }).first().click();
  await expect(page.getByText("无法连接服务器")).toHaveCount(0);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("消息提醒");
});

test("a link to a page inside leads there after the login, and one that leads nowhere says so", async ({ page, server }) => {
  await asPerson(page, server, "/messages");
  await expect(page).toHaveURL(/\/messages$/);
  await page.goto("/no/such/page");
  await expect(page.locator("body")).toContainText("页面不存在");
  await accessible(page, "unknown");
});

test.describe("in English on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a person logs in and out", async ({ page, server }) => {
    const zhang = person();
    await server.register(zhang);
    await page.goto("/");
    await page.getByRole("button", { name: "切换到英文" }).click();
    await accessible(page, "login-en-390");
    await page.getByLabel("Username", { exact: true }).fill(zhang.username);
    await page.getByLabel("Password", { exact: true }).fill(zhang.password);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Workbench");
    await accessible(page, "workbench-en-390");
    await page.getByRole("button", { name: "Open the navigation" }).click();
    await page.getByRole("dialog").getByRole("link", { name: "Messages" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Messages");
    await accessible(page, "messages-en-390");
    await page.getByRole("button", { name: /^Personal centre/ }).click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await expect(page.getByRole("button", { name: "Log in", exact: true })).toBeVisible();
  });
});
