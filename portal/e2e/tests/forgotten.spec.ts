/** J3: a forgotten password. */

import { accessible, expect, logIn, person, test } from "../stack/test.ts";

test("a person sets a new password with phone and id number; the old one is refused, and sessions elsewhere end", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  const elsewhere = await server.logIn(zhang);
  await page.goto("/");
  await page.getByRole("link", { name: "忘记密码" }).click();
  await accessible(page, "forgotten");
  await page.getByLabel("注册手机号").fill(zhang.phone);
  await page.getByRole("button", { name: "获取验证码" }).click();
  await page.getByLabel("验证码", { exact: true }).fill(await server.smsCode(zhang.phone, "reset_password"));
  await page.getByLabel("证件号码").fill(zhang.idNumber);
  const password = `another ${zhang.password}`;
  await page.getByLabel("新密码", { exact: true }).fill(password);
  await page.getByLabel("确认新密码", { exact: true }).fill(password);
  await page.getByRole("button", { name: "重新设置密码" }).dblclick();
  await expect(page).toHaveURL(/\/login$/);

  await page.getByLabel("账号", { exact: true }).fill(zhang.username);
  await page.getByLabel("密码", { exact: true }).fill(zhang.password);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page.getByRole("alert").first()).toContainText("用户名或密码");
  await logIn(page, { username: zhang.username, password });
  await expect(page.getByRole("main")).toContainText(zhang.name);
  expect((await server.call("GET", "/v1/me", undefined, elsewhere)).status).toBe(401);
});

test("a wrong id number is refused in words, and nothing is changed", async ({ page, server }) => {
  const [zhang, li] = [person(), person()];
  await server.register(zhang);
  await page.goto("/forgotten-password");
  await page.getByLabel("注册手机号").fill(zhang.phone);
  await page.getByRole("button", { name: "获取验证码" }).click();
  await page.getByLabel("验证码", { exact: true }).fill(await server.smsCode(zhang.phone, "reset_password"));
  await page.getByLabel("证件号码").fill(li.idNumber);
  await page.getByLabel("新密码", { exact: true }).fill(`another ${zhang.password}`);
  await page.getByLabel("确认新密码", { exact: true }).fill(`another ${zhang.password}`);
  await page.getByRole("button", { name: "重新设置密码" }).click();
  await expect(page.locator("[aria-invalid=true], [data-code]").first()).toBeVisible();
  await page.goto("/");
  await logIn(page, zhang);
  await expect(page.getByRole("main")).toContainText(zhang.name);
});
