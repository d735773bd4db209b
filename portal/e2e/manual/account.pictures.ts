/** The pictures of docs/manual/account.md: one's own account, what reaches one, and where one is logged in. */

import { devices } from "@playwright/test";
import { logIn } from "../stack/walk.ts";
import { picture } from "./camera.ts";
import { CHEN, ENTERPRISE, LI, ZHOU } from "./people.ts";
import { expect, test } from "./stage.ts";
import { button, part } from "./walk.ts";

test("the account, the reminders and the sessions", async ({ page, browser, stage }) => {
  const admin = await stage.enterprise();
  await stage.server.done("PATCH", "/v1/me", { email: "chenjing@example.cn", address: ENTERPRISE.registered_address, telephone: "0571-88880000", postcode: "310000" }, admin);
  await stage.server.done("DELETE", "/v1/sessions/current", undefined, admin);
  const elsewhere = await browser.newContext({ ...devices["Pixel 7"], baseURL: stage.server.origin, locale: "zh-CN" });
  const phone = await elsewhere.newPage();
  await phone.goto("/");
  await logIn(phone, CHEN);
  await elsewhere.close();

  await page.goto("/account");
  await logIn(page, CHEN);
  const contact = part(page, "联系信息");
  await picture(page, "account", {
    of: [page.locator("main h1"), part(page, "身份信息"), part(page, "登录密码")],
    mark: [button(contact, "修改: 联系信息"), button(page, "更换手机号"), button(page, "修改密码")],
  });
  await button(page, "更换手机号").click();
  await part(page, "手机号").getByLabel("新手机号").fill("13900000009");
  await picture(page, "account-phone", { of: [part(page, "手机号")], mark: [button(part(page, "手机号"), "获取验证码"), button(part(page, "手机号"), "确定")] });

  await page.goto("/settings");
  const settings = part(page, "提醒设置");
  await picture(page, "settings", { of: [settings], mark: [button(settings, "保存")] });

  await page.goto("/sessions");
  const sessions = part(page, "正在使用的登录");
  await expect(sessions.getByRole("listitem").first()).toBeVisible();
  await picture(page, "sessions", { of: [sessions], mark: [button(sessions, "结束其他全部登录")] });
});

test("what the registry has new is taken over", async ({ page, stage }) => {
  await stage.enterprise();
  stage.register({ ...ENTERPRISE, registered_address: "浙江省杭州市滨江区示例大厦 12 楼", business_scope: `${ENTERPRISE.business_scope.slice(0, -1)}；跨境电子商务。` });
  await page.goto("/enterprise");
  await logIn(page, CHEN);
  await picture(page, "enterprise-admin", { of: [part(page, "企业信息")], mark: [button(page, "同步更新"), button(page, "变更企业管理员账号")] });
  await button(page, "同步更新").click();
  const dialog = page.getByRole("dialog", { name: "同步更新" });
  await expect(dialog).toContainText("滨江区");
  await picture(page, "sync", { of: [dialog], mark: [button(dialog, "确认更新")] });
});

test("messages, and the request that is decided from one of them", async ({ page, stage }) => {
  const admin = await stage.enterprise();
  await stage.operators(admin, LI);
  await page.goto("/");
  await logIn(page, CHEN);
  await stage.asks(ZHOU);
  await page.goto("/messages");
  const messages = part(page, "收到的消息");
  await expect(button(messages, "审核通过")).toBeVisible();
  const bell = page.getByRole("link", { name: /^消息提醒, / });
  await picture(page, "messages", { of: [page.locator("header").first(), messages.getByRole("listitem").first()], mark: [bell, button(messages, "审核通过")] });
});
