/** J3: a forgotten password. */

import { sent } from "../stack/session.ts";
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
  const resets = sent(page, "POST", "/v1/password-resets");
  await page.getByRole("button", { name: "重新设置密码" }).dblclick();
  await expect(page).toHaveURL(/\/login$/);
  expect(resets()).toBe(1);

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
  await expect(page.getByRole("alert").first()).toContainText("手机号与证件号码不符");
  await accessible(page, "forgotten-wrong");
  await page.goto("/");
  await logIn(page, zhang);
  await expect(page.getByRole("main")).toContainText(zhang.name);
});

test("what is missing or wrong is told beside its field", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  await page.goto("/forgotten-password");
  await page.getByRole("button", { name: "重新设置密码" }).click();
  await expect(page.getByText("请填写此项")).toHaveCount(5);
  await accessible(page, "forgotten-empty");
  await page.getByLabel("注册手机号").fill(zhang.phone);
  await page.getByRole("button", { name: "获取验证码" }).click();
  const code = await server.smsCode(zhang.phone, "reset_password");
  await page.getByLabel("验证码", { exact: true }).fill(code === "000000" ? "111111" : "000000");
  await page.getByLabel("证件号码").fill(zhang.idNumber);
  await page.getByLabel("新密码", { exact: true }).fill(zhang.password);
  await page.getByLabel("确认新密码", { exact: true }).fill("another");
  await page.getByRole("button", { name: "重新设置密码" }).click();
  await expect(page.getByLabel("确认新密码", { exact: true })).toHaveAccessibleDescription("两次输入的密码不一致");
  await page.getByLabel("确认新密码", { exact: true }).fill(zhang.password);
  await page.getByRole("button", { name: "重新设置密码" }).click();
  await expect(page.getByLabel("验证码", { exact: true })).toHaveAccessibleDescription(/验证码不正确/);
  await expect(page.getByLabel("证件号码")).toHaveValue(zhang.idNumber);
});

test.describe("in English on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a person sets a new password and logs in with it", async ({ page, server }) => {
    const zhang = person();
    await server.register(zhang);
    await page.goto("/");
    await page.getByRole("button", { name: "切换到英文" }).click();
    await page.getByRole("link", { name: "Forgotten your password?" }).click();
    await page.getByLabel("Registered phone number", { exact: true }).fill(zhang.phone);
    await page.getByRole("button", { name: "Get a code" }).click();
    await page.getByLabel("Code", { exact: true }).fill(await server.smsCode(zhang.phone, "reset_password"));
    await page.getByLabel("Id number", { exact: true }).fill(zhang.idNumber);
    const password = `another ${zhang.password}`;
    await page.getByLabel("New password", { exact: true }).fill(password);
    await page.getByLabel("New password once more", { exact: true }).fill(password);
    await accessible(page, "forgotten-en-390");
    await page.getByRole("button", { name: "Set a new password" }).click();
    await expect(page).toHaveURL(/\/login$/);
    await page.getByLabel("Username", { exact: true }).fill(zhang.username);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Log in", exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Workbench");
  });
});
