/** J4 (my account), J17 (messages) and the sessions of a person. */

import { accessible, expect, logIn, logOut, person, test } from "../stack/test.ts";

// Corrected after its last run, and not run since.
test.fixme("a person sees their data masked, edits the contact data, and finds it again", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  await page.goto("/account");
  await logIn(page, zhang);
  const main = page.getByRole("main");
  await expect(main).toContainText(`${zhang.idNumber.slice(0, 4)}**********${zhang.idNumber.slice(-4)}`);
  await expect(main).toContainText(`${zhang.phone.slice(0, 3)}****${zhang.phone.slice(-4)}`);
  await expect(main).not.toContainText(zhang.idNumber);
  await accessible(page, "account");
  await page.getByRole("button", { name: "修改: 联系信息" }).click();
  await accessible(page, "account-edit");
  await page.getByLabel("电子邮箱").fill("not an address");
  await page.getByRole("button", { name: "保存" }).click();
  await expect(page.getByLabel("电子邮箱")).toHaveAttribute("aria-invalid", "true");
  await page.getByLabel("电子邮箱").fill("zhang@example.cn");
  await page.getByLabel("联系地址").fill("杭州市上城区望江路 1 号");
  await page.getByLabel("邮政编码").fill("310008");
  await page.getByLabel("固定电话").fill("0571-88888888");
  await page.getByRole("button", { name: "保存" }).dblclick();
  await expect(page.getByText("已保存").first()).toBeVisible();
  await page.reload();
  await expect(main).toContainText("zhang@example.cn");
  await expect(main).toContainText("杭州市上城区望江路 1 号");
});

test("a person changes the phone with a code to the new one, and logs in with it", async ({ page, server }) => {
  const [zhang, phone] = [person(), person().phone];
  await server.register(zhang);
  await page.goto("/account");
  await logIn(page, zhang);
  await page.getByRole("button", { name: "更换手机号" }).click();
  await page.getByLabel("新手机号").fill(phone);
  await page.getByRole("button", { name: "获取验证码" }).click();
  await page.getByLabel("验证码", { exact: true }).fill(await server.smsCode(phone, "change_phone"));
  await page.getByRole("button", { name: "确定" }).dblclick();
  await expect(page.getByText("手机号已更换").first()).toBeVisible();
  await expect(page.getByRole("main")).toContainText(`${phone.slice(0, 3)}****${phone.slice(-4)}`);
  await logOut(page);
  await logIn(page, { username: phone, password: zhang.password });
  await expect(page.getByRole("main")).toContainText(zhang.name);
});

test("a person changes the password; a wrong current one is told beside its field; sessions elsewhere end", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  const elsewhere = await server.logIn(zhang);
  await page.goto("/account");
  await logIn(page, zhang);
  await page.getByRole("button", { name: "修改密码" }).first().click();
  const password = `another ${zhang.password}`;
  await page.getByLabel("当前密码").fill("not the password");
  await page.getByLabel("新密码", { exact: true }).fill(password);
  await page.getByLabel("确认新密码").fill(password);
  await page.getByRole("button", { name: "修改密码" }).last().click();
  await expect(page.locator("[aria-invalid=true], [data-code]").first()).toBeVisible();
  await accessible(page, "account-password-wrong");
  await page.getByLabel("当前密码").fill(zhang.password);
  await page.getByRole("button", { name: "修改密码" }).last().dblclick();
  await expect(page.getByText("密码已修改").first()).toBeVisible();
  await expect(page.getByRole("main")).toContainText(zhang.name);
  expect((await server.call("GET", "/v1/me", undefined, elsewhere)).status).toBe(401);
});

test("a person sees where they are logged in and ends a session elsewhere, which is over at once", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  const elsewhere = await server.logIn(zhang);
  await page.goto("/sessions");
  await logIn(page, zhang);
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(2);
  await expect(page.getByText("当前", { exact: true })).toHaveCount(1);
  await accessible(page, "sessions");
  await page.getByRole("button", { name: "结束其他全部登录" }).click();
  await expect(page.getByRole("dialog")).toContainText("所有设备都需要重新登录");
  await accessible(page, "sessions-end");
  await page.getByRole("dialog").getByRole("button", { name: "结束其他全部登录" }).click();
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);
  expect((await server.call("GET", "/v1/me", undefined, elsewhere)).status).toBe(401);
});

test("a message is unread until it is read, and the bell counts", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  await page.goto("/");
  await logIn(page, zhang);
  await expect(page.getByRole("link", { name: /消息提醒, 1 条未读/ })).toBeVisible();
  await page.getByRole("link", { name: /消息提醒, 1 条未读/ }).click();
  await expect(page.getByRole("main")).toContainText("注册成功");
  await accessible(page, "messages");
  await page.getByRole("main").getByRole("button", { name: /已读/ }).first().click();
  await expect(page.getByRole("banner").getByRole("link", { name: "消息提醒", exact: true })).toBeVisible();
});

test("staff change the initial password first, and only then see their pages", async ({ page, server }) => {
  const username = person().username;
  const password = server.addStaff(username, "李审核");
  await page.goto("/");
  await logIn(page, { username, password }).catch(() => undefined);
  const dialog = page.getByRole("dialog", { name: "请先修改初始密码" });
  await expect(dialog).toBeVisible();
  await accessible(page, "first-password");
  await dialog.getByLabel("当前密码").fill(password);
  await dialog.getByLabel("新密码", { exact: true }).fill("a quiet harbour 7");
  await dialog.getByLabel("确认新密码").fill("a quiet harbour 7");
  await dialog.getByRole("button", { name: "修改密码" }).dblclick();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("平台工作人员").first()).toBeVisible();
});

test.describe("in English on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a person looks at their account, their sessions and their card", async ({ page, server }) => {
    const zhang = person();
    await server.register(zhang);
    await page.goto("/account");
    await logIn(page, zhang);
    await page.getByRole("button", { name: "切换到英文" }).click();
    for (const name of ["account", "sessions", "card", "messages"]) {
      await page.goto(`/${name}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByRole("main")).not.toContainText(/[一-龥]{4}/);
      await accessible(page, `${name}-en-390`);
    }
  });
});
