/** J4 (my account), J17 (messages) and the sessions of a person. */

import { asPerson, sent } from "../stack/session.ts";
import { accessible, expect, enterprise, logIn, logOut, person, test } from "../stack/test.ts";

test("a person sees their data masked, edits the contact data, and finds it again", async ({ page, server }) => {
  const zhang = await asPerson(page, server, "/account");
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
  const saves = sent(page, "PATCH", "/v1/me");
  await page.getByRole("button", { name: "保存" }).dblclick();
  await expect(page.getByText("已保存").first()).toBeVisible();
  expect(saves()).toBe(1);
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
  const [codes, changes] = [sent(page, "POST", "/v1/sms-codes"), sent(page, "POST", "/v1/me/phone")];
  await page.getByRole("button", { name: "获取验证码" }).dblclick();
  await page.getByLabel("验证码", { exact: true }).fill(await server.smsCode(phone, "change_phone"));
  await accessible(page, "account-phone");
  await page.getByRole("button", { name: "确定" }).dblclick();
  await expect(page.getByText("手机号已更换").first()).toBeVisible();
  expect([codes(), changes()]).toEqual([1, 1]);
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
  await expect(page.getByLabel("当前密码")).toHaveAttribute("aria-invalid", "true");
  await accessible(page, "account-password-wrong");
  await page.getByLabel("当前密码").fill(zhang.password);
  const changes = sent(page, "PUT", "/v1/me/password");
  await page.getByRole("button", { name: "修改密码" }).last().dblclick();
  await expect(page.getByText("密码已修改").first()).toBeVisible();
  expect(changes()).toBe(1);
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
  const ends = sent(page, "DELETE", /^\/v1\/me\/sessions\//);
  await page.getByRole("dialog").getByRole("button", { name: "结束其他全部登录" }).dblclick();
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);
  expect(ends()).toBe(1);
  expect((await server.call("GET", "/v1/me", undefined, elsewhere)).status).toBe(401);
});

test("a message is unread until it is read, and the bell counts", async ({ page, server }) => {
  await asPerson(page, server);
  await expect(page.getByRole("link", { name: /消息提醒, 1 条未读/ })).toBeVisible();
  await page.getByRole("link", { name: /消息提醒, 1 条未读/ }).click();
  await expect(page.getByRole("main")).toContainText("注册成功");
  await accessible(page, "messages");
  const reads = sent(page, "POST", /^\/v1\/messages\/.*\/read$/);
  await page.getByRole("main").getByRole("button", { name: /已读/ }).dblclick();
  await expect(page.getByRole("banner").getByRole("link", { name: "消息提醒", exact: true })).toBeVisible();
  expect(reads()).toBe(1);

  const shown = page.getByRole("radiogroup", { name: "显示" });
  await shown.getByText("未读", { exact: true }).click();
  await expect(page.getByText("没有未读消息。")).toBeVisible();
  await accessible(page, "messages-none");
  await shown.getByText("已读", { exact: true }).click();
  await expect(page.getByRole("main")).toContainText("注册成功");
  await expect(page.getByRole("main").getByRole("button", { name: /已读/ })).toHaveCount(0);
  await page.getByRole("button", { name: "切换到英文" }).click();
  await expect(page.getByRole("main"), "messages follow the language").not.toContainText("注册成功");
  await accessible(page, "messages-en");
});

test("a list of messages goes on where the first page of it ends", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  const token = await server.logIn(zhang);
  // Each change of the password is a message.
  for (let count = 0; count < 21; count += 1) {
    const [current_password, password] = [`${zhang.password} ${count || ""}`.trim(), `${zhang.password} ${count + 1}`];
    await server.done("PUT", "/v1/me/password", { current_password, password }, token);
  }
  await page.goto("/messages");
  await logIn(page, { username: zhang.username, password: `${zhang.password} 21` });
  const messages = page.getByRole("main").getByRole("listitem");
  await expect(messages).toHaveCount(20);
  await page.getByRole("button", { name: "加载更多" }).dblclick();
  await expect(page.getByRole("button", { name: "加载更多" })).toHaveCount(0);
  await expect(messages.last()).toContainText("注册成功");
  const { items } = await server.done<{ items: unknown[] }>("GET", "/v1/messages?limit=100", undefined, token);
  await expect(messages).toHaveCount(items.length);
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

test("a person whom the administrator made an operator logs in with the password of the SMS, and gives themselves another before anything else", async ({
  page,
  server,
}) => {
  const [administrator, li, of] = [person(), person(), enterprise()];
  await server.register(administrator);
  const token = await server.logIn(administrator);
  const entry = { name: of.name, registered_address: "杭州市上城区望江路 1 号", business_scope: "货物进出口" };
  await server.done("POST", "/v1/associations", { role: "admin", uscc: of.uscc, enterprise: entry }, token);
  const { username, name, phone, idNumber } = li;
  await server.done("POST", "/v1/operators", { username, name, phone, id_type: "resident_id", id_number: idNumber }, token);
  const initial = /初始密码([a-z0-9]+)/.exec((await server.sms(phone)).text)?.[1] ?? "";

  await page.goto("/settings");
  await page.getByLabel("账号", { exact: true }).fill(username);
  await page.getByLabel("密码", { exact: true }).fill(initial);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "请先修改初始密码" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await page.reload();
  await expect(dialog, "it can't be got round").toBeVisible();
  await dialog.getByLabel("当前密码").fill(initial);
  await dialog.getByLabel("新密码", { exact: true }).fill(initial);
  await dialog.getByLabel("确认新密码").fill(initial);
  await dialog.getByRole("button", { name: "修改密码" }).click();
  await expect(dialog.getByLabel("新密码", { exact: true }), "the same again is none").toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("新密码", { exact: true }).fill(li.password);
  await dialog.getByLabel("确认新密码").fill(li.password);
  const changes = sent(page, "PUT", "/v1/me/password");
  await dialog.getByRole("button", { name: "修改密码" }).dblclick();
  await expect(dialog).toBeHidden();
  expect(changes()).toBe(1);
  // What the page behind could not ask for before, it asks for now.
  await expect(page.getByRole("row", { name: /IC 卡证书即将到期/ })).toBeVisible();
  await page.goto("/");
  await expect(page.getByRole("main")).toContainText(of.name);
  await logOut(page);
  await logIn(page, li);
  await expect(page.getByRole("main")).toContainText(of.name);
});

test.describe("in English on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test("a person looks at their account, their sessions and their card", async ({ page, server }) => {
    await asPerson(page, server, "/account");
    await page.getByRole("button", { name: "切换到英文" }).click();
    for (const name of ["account", "sessions", "card", "messages"]) {
      await page.goto(`/${name}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expect(page.getByRole("main")).not.toContainText(/[一-龥]{4}/);
      await accessible(page, `${name}-en-390`);
    }
  });
});
