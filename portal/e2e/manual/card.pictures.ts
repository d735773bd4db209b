/** The pictures of the card, in docs/manual/card.md; two of them are in docs/card-bridge.md, too. */

import { logIn } from "../stack/walk.ts";
import { picture, portrait } from "./camera.ts";
import { CARDS, CHEN, LI, PIN, WU } from "./people.ts";
import { expect, legalCard, test } from "./stage.ts";
import { button, cardTab, connect, field, insert, loginPanel, logInByCard, part, remove } from "./walk.ts";

test("a person binds the card and logs in with it", async ({ page, stage, desk }) => {
  await stage.enterprise();
  const [own, other] = [legalCard(stage), stage.card(LI, CARDS.stranger)];
  await page.goto("/card");
  await logIn(page, CHEN);
  const [bound, reader] = [part(page, "绑定的 IC 卡"), part(page, "读卡器")];
  await picture(page, "card-none", { of: [bound, reader], mark: [button(bound, "绑定"), button(reader, "连接读卡器")] });

  await button(bound, "绑定").click();
  await connect(page);
  const form = part(page, "绑定");
  await insert(page, desk, other);
  await button(form, "读取卡号").click();
  desk.personAnswers(PIN);
  await button(form, "确定").click();
  await expect(form).toContainText("持卡人与账号信息不符");
  await picture(page, "card-refused", { of: [form], mark: [form.locator(".problem")] });
  await button(form, "取消").click();
  await remove(page, desk);

  await button(bound, "绑定").click();
  await insert(page, desk, own);
  await button(form, "读取卡号").click();
  await picture(page, "card-bind", { of: [form, reader], mark: [button(form, "读取卡号"), button(form, "确定")] });
  desk.personAnswers(PIN);
  await button(form, "确定").click();
  await expect(bound).toContainText(CARDS.legal);
  await picture(page, "card-bound", { of: [bound], mark: [button(bound, "解除绑定")] });
});

test("the reader, the card and the PIN at the login", async ({ page, stage, desk }) => {
  await stage.enterprise();
  const card = legalCard(stage);
  await page.goto("/login");
  await page.getByRole("tab", { name: "IC 卡登录" }).click();
  await picture(page, "login-card-off", { of: [loginPanel(page)], mark: [page.getByRole("tab", { name: "IC 卡登录" }), button(page, "连接读卡器")] });

  const panel = await cardTab(page);
  await insert(page, desk, card);
  await expect(panel).toContainText(CARDS.legal);
  await portrait(page, "login");
  await picture(page, "login-card", { of: [loginPanel(page)], mark: [button(panel, "用 IC 卡登录")] });

  desk.personAnswers({ pin: "654321" });
  await button(panel, "用 IC 卡登录").click();
  await expect(panel).toContainText("PIN 不正确");
  await picture(page, "login-card-wrong-pin", { of: [loginPanel(page)], mark: [panel.locator(".problem")] });
});

test("an account that the card made is activated", async ({ page, stage, desk }) => {
  await logInByCard(page, desk, stage.card(WU, CARDS.operator));
  await picture(page, "workbench-inactive", {
    of: [page.locator("main .el-alert"), part(page, "当前账号")],
    mark: [page.getByRole("link", { name: "激活账号" })],
  });
  await page.getByRole("link", { name: "激活账号" }).click();
  await page.getByLabel("用户名", { exact: true }).fill(WU.username);
  await page.getByLabel("手机号码", { exact: true }).fill(WU.phone);
  await button(page, "获取验证码").click();
  await page.getByLabel("验证码", { exact: true }).fill(await stage.server.smsCode(WU.phone));
  await page.getByLabel("登录密码", { exact: true }).fill(WU.password);
  await page.getByLabel("确认登录密码", { exact: true }).fill(WU.password);
  await picture(page, "activation", { of: [part(page, "账号激活")], mark: [field(part(page, "账号激活"), "验证码"), button(page, "激活账号")] });
});
