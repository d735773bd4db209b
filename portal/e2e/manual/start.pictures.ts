/** The pictures of docs/manual/start.md: from the first visit to the enterprise. */

import { Elsewhere } from "../stack/elsewhere.ts";
import { logIn } from "../stack/walk.ts";
import { picture } from "./camera.ts";
import { CHEN, ENTERPRISE, LI, NEW_ENTERPRISE, WANG } from "./people.ts";
import { expect, test } from "./stage.ts";
import { button, field, loginPanel, part } from "./walk.ts";

test("a person registers", async ({ page, stage }) => {
  await page.goto("/");
  await picture(page, "login", { of: [page.locator("header"), loginPanel(page)], mark: [page.getByRole("link", { name: "注册账户" })] });

  await page.getByRole("link", { name: "注册账户" }).click();
  await page.getByLabel("用户名", { exact: true }).fill(CHEN.username);
  await page.getByLabel("姓名", { exact: true }).fill(CHEN.name);
  await page.getByLabel("证件号码", { exact: true }).fill(CHEN.idNumber);
  await page.getByLabel("手机号码", { exact: true }).fill(CHEN.phone);
  await button(page, "获取验证码").click();
  await page.getByLabel("验证码", { exact: true }).fill(await stage.server.smsCode(CHEN.phone));
  await page.locator("label").filter({ hasText: "我已阅读并同意" }).click();
  await picture(page, "register", { of: [loginPanel(page)], mark: [page.locator(".countdown"), button(page, "确认并注册")] });

  await button(page, "确认并注册").click();
  const dialog = page.getByRole("dialog", { name: "设置密码" });
  await dialog.getByLabel("新密码", { exact: true }).fill(CHEN.password);
  await dialog.getByLabel("确认新密码", { exact: true }).fill(CHEN.password);
  await picture(page, "set-password", { of: [dialog], mark: [button(dialog, "确认")] });
  await button(dialog, "确认").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
  await picture(page, "workbench-new", { of: [page.locator("header").first(), part(page, "我的企业")], mark: [button(page, "关联企业")] });
});

test("a person logs in by password or phone, or sets a forgotten password anew", async ({ page, stage }) => {
  await stage.server.register(CHEN);
  await page.goto("/");
  await page.getByLabel("账号", { exact: true }).fill(CHEN.username);
  await page.getByLabel("密码", { exact: true }).fill("not the password");
  await button(page, "登录").click();
  await expect(loginPanel(page)).toContainText("用户名或密码不正确");
  await picture(page, "login-wrong", { of: [loginPanel(page)], mark: [loginPanel(page).locator(".problem")] });

  await page.getByRole("tab", { name: "手机号登录" }).click();
  const byPhone = page.getByRole("tabpanel", { name: "手机号登录" });
  await byPhone.getByLabel("手机号", { exact: true }).fill(CHEN.phone);
  await button(byPhone, "获取验证码").click();
  await byPhone.getByLabel("验证码", { exact: true }).fill(await stage.server.smsCode(CHEN.phone, "login"));
  await picture(page, "login-phone", { of: [loginPanel(page)], mark: [page.getByRole("tab", { name: "手机号登录" }), field(byPhone, "验证码"), button(byPhone, "登录")] });

  await page.getByRole("link", { name: "忘记密码" }).click();
  await page.getByLabel("注册手机号").fill(CHEN.phone);
  await button(page, "获取验证码").click();
  await page.getByLabel("验证码", { exact: true }).fill(await stage.server.smsCode(CHEN.phone, "reset_password"));
  await page.getByLabel("证件号码").fill(CHEN.idNumber);
  await page.getByLabel("新密码", { exact: true }).fill(CHEN.password);
  await page.getByLabel("确认新密码").fill(CHEN.password);
  await picture(page, "forgotten", { of: [loginPanel(page)], mark: [button(page, "重新设置密码")] });
});

test("an administrator joins an enterprise that the registry knows, and one that is entered by hand", async ({ page, stage }) => {
  stage.register(ENTERPRISE);
  await stage.server.register(CHEN);
  await page.goto("/enterprise");
  await logIn(page, CHEN);
  const form = part(page, "关联企业");
  await form.getByText("企业管理员", { exact: true }).click();
  await form.getByLabel("统一社会信用代码").fill(NEW_ENTERPRISE.uscc);
  await button(form, "查询企业").click();
  await form.getByLabel("企业名称").fill(NEW_ENTERPRISE.name);
  await form.getByLabel("注册地址").fill(NEW_ENTERPRISE.registered_address);
  await form.getByLabel("经营范围").fill(NEW_ENTERPRISE.business_scope);
  await picture(page, "join-by-hand", { of: [form], mark: [form.locator(".el-alert"), button(form, "确定关联")] });

  await form.getByLabel("统一社会信用代码").fill(ENTERPRISE.uscc);
  await button(form, "查询企业").click();
  await expect(form).toContainText(ENTERPRISE.registered_address);
  await picture(page, "join-found", { of: [form], mark: [field(form, "用户类型"), button(form, "查询企业"), button(form, "确定关联")] });
  await button(form, "确定关联").click();
  const info = part(page, "企业信息");
  await expect(info).toBeVisible();
  await picture(page, "enterprise", { of: [info], mark: [info.getByRole("link", { name: "绑定", exact: true })] });
});

test("an operator waits for the administrator, or is invited", async ({ page, stage }) => {
  const admin = await stage.enterprise();
  await stage.server.register(LI);
  await page.goto("/enterprise");
  await logIn(page, LI);
  const form = part(page, "关联企业");
  await form.getByLabel("统一社会信用代码").fill(ENTERPRISE.uscc);
  await button(form, "确定关联").click();
  const requests = part(page, "我的关联申请");
  await picture(page, "join-waiting", { of: [requests], mark: [requests.locator(".el-tag"), button(requests, "撤回申请")] });

  await stage.server.register(WANG);
  await stage.adds(admin, WANG);
  await page.context().clearCookies();
  await page.goto("/enterprise");
  await logIn(page, WANG);
  const invitation = part(page, "企业的邀请");
  await picture(page, "invitation", { of: [invitation], mark: [button(invitation, "接受")] });
});

test("the browser asks whether the page may reach the reader", async ({ browser, stage, desk }, info) => {
  const elsewhere = await Elsewhere.start(browser, info.project.use.launchOptions);
  try {
    await desk.stopBridge();
    await desk.startBridge([elsewhere.server.origin]);
    elsewhere.server.trust(stage.authority.trustFile());
    const page = await elsewhere.context.newPage();
    await elsewhere.permit("prompt");
    await page.goto("/");
    await page.getByRole("tab", { name: "IC 卡登录" }).click();
    await button(page, "连接读卡器").click();
    const dialog = page.getByRole("dialog", { name: "浏览器将询问一个问题" });
    await expect(dialog).toBeVisible();
    await picture(page, "card-permission", { of: [dialog], mark: [button(dialog, "知道了，继续")] });
  } finally {
    await elsewhere.end();
  }
});
