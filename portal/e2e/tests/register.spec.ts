/** J1: registration, as 用户注册 1.1 of the manual tells it. */

import type { Page } from "@playwright/test";
import { Server } from "../stack/server.ts";
import { sent } from "../stack/session.ts";
import { accessible, expect, logIn, logOut, person, test, type Person } from "../stack/test.ts";

async function fillIn(page: Page, { username, name, idNumber, phone }: Person): Promise<void> {
  await page.getByLabel("用户名", { exact: true }).fill(username);
  await page.getByLabel("姓名", { exact: true }).fill(name);
  await page.getByLabel("证件号码", { exact: true }).fill(idNumber);
  await page.getByLabel("手机号码", { exact: true }).fill(phone);
}

async function setPassword(page: Page, password: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "设置密码" });
  await dialog.getByLabel("新密码", { exact: true }).fill(password);
  await dialog.getByLabel("确认新密码", { exact: true }).fill(password);
  await dialog.getByRole("button", { name: "确认", exact: true }).dblclick();
}

test("a person registers, sets the password in the dialog, is in, and can log in again", async ({ page, server }) => {
  const zhang = person();
  await page.goto("/");
  await page.getByRole("link", { name: "注册账户" }).click();
  await expect(page).toHaveURL(/\/register$/);
  await accessible(page, "register");
  await fillIn(page, zhang);
  const [codes, registrations, passwords] = [
    sent(page, "POST", "/v1/sms-codes"),
    sent(page, "POST", "/v1/registrations"),
    sent(page, "PUT", /^\/v1\/registrations\/.*\/password$/),
  ];
  await page.getByRole("button", { name: "获取验证码" }).dblclick();
  await expect(page.getByRole("button", { name: /\d+ 秒后重新获取/ })).toBeDisabled();
  await page.getByLabel("验证码", { exact: true }).fill(await server.smsCode(zhang.phone, "register"));
  await page.getByText("我已阅读并同意").click();
  await page.getByRole("button", { name: "确认并注册" }).dblclick();
  await expect(page.getByRole("dialog", { name: "设置密码" })).toBeVisible();
  await accessible(page, "register-password");
  await setPassword(page, zhang.password);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
  await expect(page.getByRole("main")).toContainText(zhang.name);
  expect([codes(), registrations(), passwords()]).toEqual([1, 1, 1]);
  await logOut(page);
  await logIn(page, zhang);
  await expect(page.getByRole("main")).toContainText(zhang.name);
});

test("each thing that is wrong is told beside its field, and what is right stays", async ({ page, server }) => {
  const zhang = person();
  await page.goto("/register");
  await page.getByRole("button", { name: "确认并注册" }).click();
  await expect(page.getByText("请填写此项").first()).toBeVisible();
  await accessible(page, "register-empty");

  await fillIn(page, { ...zhang, idNumber: "110105194912310021" });
  await page.getByRole("button", { name: "获取验证码" }).click();
  const code = await server.smsCode(zhang.phone, "register");
  await page.getByLabel("验证码", { exact: true }).fill(code === "000000" ? "111111" : "000000");
  await page.getByText("我已阅读并同意").click();
  await page.getByRole("button", { name: "确认并注册" }).click();
  await expect(page.getByLabel("证件号码", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("证件号码", { exact: true }).fill(zhang.idNumber);
  await page.getByRole("button", { name: "确认并注册" }).click();
  await expect(page.getByLabel("验证码", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("姓名", { exact: true })).toHaveValue(zhang.name);
  await page.getByLabel("验证码", { exact: true }).fill(code);
  await page.getByRole("button", { name: "确认并注册" }).click();

  const dialog = page.getByRole("dialog", { name: "设置密码" });
  await dialog.getByLabel("新密码", { exact: true }).fill("password");
  await dialog.getByLabel("确认新密码", { exact: true }).fill("other");
  await dialog.getByRole("button", { name: "确认", exact: true }).click();
  await expect(dialog.getByText("两次输入的密码不一致")).toBeVisible();
  await dialog.getByLabel("确认新密码", { exact: true }).fill("password");
  await dialog.getByRole("button", { name: "确认", exact: true }).click();
  await expect(dialog.getByLabel("新密码", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await setPassword(page, zhang.password);
  await expect(page.getByRole("main")).toContainText(zhang.name);
});

test("an id number, a phone or a username can't register twice, and the page says so beside the field", async ({ page, server }) => {
  const [zhang, li] = [person(), person()];
  await server.register(zhang);
  await page.goto("/register");
  await fillIn(page, { ...li, idNumber: zhang.idNumber });
  await page.getByRole("button", { name: "获取验证码" }).click();
  await page.getByLabel("验证码", { exact: true }).fill(await server.smsCode(li.phone, "register"));
  await page.getByText("我已阅读并同意").click();
  const submit = page.getByRole("button", { name: "确认并注册" });
  await submit.click();
  await expect(page.getByLabel("证件号码", { exact: true })).toHaveAccessibleDescription(/该证件号码已注册.*请直接登录/);
  await accessible(page, "register-taken");
  // The code was not used up by what was refused.
  await fillIn(page, { ...li, username: zhang.username });
  await submit.click();
  await expect(page.getByLabel("用户名", { exact: true })).toHaveAccessibleDescription(/该用户名已被使用/);
  await expect(page.getByLabel("证件号码", { exact: true })).not.toHaveAttribute("aria-invalid", "true");

  // A phone that its owner has registered with this very minute gets no second code; one that they changed to does.
  const { phone } = person();
  const token = await server.logIn(zhang);
  await server.done("POST", "/v1/sms-codes", { phone, purpose: "change_phone" });
  await server.done("POST", "/v1/me/phone", { phone, sms_code: await server.smsCode(phone, "change_phone") }, token);
  await page.goto("/register");
  await fillIn(page, { ...li, phone });
  await page.getByRole("button", { name: "获取验证码" }).click();
  await page.getByLabel("验证码", { exact: true }).fill(await server.smsCode(phone, "register"));
  await page.getByText("我已阅读并同意").click();
  await submit.click();
  await expect(page.getByLabel("手机号码", { exact: true })).toHaveAccessibleDescription(/该手机号已注册/);
  await expect(page.getByRole("dialog", { name: "设置密码" })).toBeHidden();
});

test("who leaves before the password is set is asked first, and can start again with the same data", async ({ page }) => {
  // Here a second code may be asked for without a minute's wait.
  const server = new Server({ sms_resend_seconds: "2" });
  await server.start();
  try {
    await leaveAndStartAgain(page, server);
  } finally {
    await server.end();
  }
});

async function leaveAndStartAgain(page: Page, server: Server): Promise<void> {
  const zhang = person();
  await page.goto(`${server.origin}/register`);
  await fillIn(page, zhang);
  await page.getByRole("button", { name: "获取验证码" }).click();
  await page.getByLabel("验证码", { exact: true }).fill(await server.smsCode(zhang.phone, "register"));
  await page.getByText("我已阅读并同意").click();
  await page.getByRole("button", { name: "确认并注册" }).click();
  const dialog = page.getByRole("dialog", { name: "设置密码" }).first();
  await dialog.getByLabel("新密码", { exact: true }).press("Escape");
  await expect(page.getByText("注册没有完成")).toBeVisible();
  await accessible(page, "register-leave");
  await page.getByRole("button", { name: "继续设置密码" }).click();
  await expect(page.getByText("注册没有完成"), "who thinks again is where they were").toHaveCount(0);
  await expect(dialog).toBeVisible();
  await dialog.getByLabel("新密码", { exact: true }).press("Escape");
  await page.getByRole("button", { name: "放弃注册" }).click();
  await expect(page.getByRole("dialog")).toHaveCount(0);

  await expect(page.getByLabel("姓名", { exact: true })).toHaveValue(zhang.name);
  await page.getByRole("button", { name: "重新获取", exact: true }).click();
  const used = await page.getByLabel("验证码", { exact: true }).inputValue();
  await expect.poll(() => server.smsCode(zhang.phone, "register")).not.toBe(used);
  await page.getByLabel("验证码", { exact: true }).fill(await server.smsCode(zhang.phone, "register"));
  await page.getByRole("button", { name: "确认并注册" }).click();
  await setPassword(page, zhang.password);
  await expect(page.getByRole("main")).toContainText(zhang.name);
}

test.describe("in English on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a person registers", async ({ page, server }) => {
    const zhang = person();
    await page.goto("/register");
    await page.getByRole("button", { name: "切换到英文" }).click();
    await accessible(page, "register-en-390");
    await page.getByLabel("Username", { exact: true }).fill(zhang.username);
    await page.getByLabel("Name", { exact: true }).fill(zhang.name);
    await page.getByLabel("Id number", { exact: true }).fill(zhang.idNumber);
    await page.getByLabel("Phone number", { exact: true }).fill(zhang.phone);
    await page.getByRole("button", { name: "Get a code" }).click();
    await page.getByLabel("Code", { exact: true }).fill(await server.smsCode(zhang.phone, "register"));
    await page.getByText("I have read and accept the").click();
    await page.getByRole("button", { name: "Register", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: "Set the password" });
    await accessible(page, "register-password-en-390");
    await dialog.getByLabel("New password", { exact: true }).fill(zhang.password);
    await dialog.getByLabel("New password once more", { exact: true }).fill(zhang.password);
    await dialog.getByRole("button", { name: "OK" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Workbench");
  });
});
