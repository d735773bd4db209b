/** J18 in the browser: what the platform's staff decide about enterprises and accounts, and who can't come there. */

import type { Page } from "@playwright/test";
import { sent } from "../stack/session.ts";
import { asStaff, because, cardNumber, choose, claim, enterprise, everyLook, expect, joinStaff, logIn, logOut, person, test } from "../stack/test.ts";

/** Looks for something in a list of the console. */
async function find(page: Page, what: string): Promise<void> {
  const search = page.getByRole("search");
  await search.getByRole("textbox").first().fill(what);
  await search.getByRole("button", { name: "查询" }).click();
}

test("staff who come by a link change the first password, and are where they wanted to be", async ({ page, server }) => {
  const of = person();
  const password = server.addStaff(of.username, of.name);
  await page.goto("/staff/accounts");
  await logIn(page, { username: of.username, password }).catch(() => undefined);
  const dialog = page.getByRole("dialog", { name: "请先修改初始密码" });
  await dialog.getByLabel("当前密码").fill(password);
  await dialog.getByLabel("新密码", { exact: true }).fill(of.password);
  await dialog.getByLabel("确认新密码").fill(of.password);
  await dialog.getByRole("button", { name: "修改密码" }).dblclick();
  await expect(dialog).toBeHidden();
  await expect(page).toHaveURL(/\/staff\/accounts$/);
  await expect(page.getByRole("main").getByRole("row").nth(1)).toBeVisible();
  await expect(page.locator("[data-code]")).toHaveCount(0);
});

test("staff verify an enterprise beside what the registry says of it, once however often they click, and its administrator sees it", async ({ page, server, browser }) => {
  const [zhang, of] = [person(), enterprise()];
  await claim(server, zhang, of);
  const staff = await asStaff(page, server, "/staff/enterprises");
  const row = `uscc,name,registered_address,business_scope,legal_person_name\n${of.uscc},${of.name},杭州市上城区望江路 2 号,货物进出口,${zhang.name}\n`;
  const imported = await fetch(`${server.origin}/v1/platform/registry/import`, {
    method: "POST",
    headers: { "content-type": "text/csv", authorization: `Bearer ${staff.token}` },
    body: row,
  });
  expect(imported.status).toBe(201);

  await find(page, of.uscc);
  const line = page.getByRole("row").filter({ hasText: of.uscc });
  await expect(line).toContainText(of.name);
  await expect(line).toContainText("待认证");
  await everyLook(page, "staff-enterprises");
  await line.getByRole("button", { name: `审核 ${of.name}` }).click();
  const review = page.getByRole("dialog", { name: of.name });
  await expect(review.getByRole("row").filter({ hasText: "注册地址" })).toContainText("不一致");
  await expect(review.getByRole("row").filter({ hasText: "经营范围" })).toContainText("一致");
  await expect(review.getByRole("row").filter({ hasText: zhang.username })).toContainText("管理员");
  await everyLook(page, "staff-enterprise-review");

  await review.getByRole("button", { name: "认证通过" }).click();
  const dialog = page.getByRole("dialog", { name: "认证通过" });
  await dialog.getByRole("button", { name: "认证通过" }).click();
  await expect(dialog.getByText("请填写此项")).toBeVisible();
  await everyLook(page, "staff-enterprise-verify");
  const verifications = sent(page, "POST", /\/verify$/);
  await because(page, "认证通过", "与营业执照一致", "认证通过");
  expect(verifications()).toBe(1);
  await expect(review.getByRole("button", { name: "认证通过" })).toHaveCount(0);
  await review.getByRole("button", { name: "关闭", exact: true }).last().click();
  await expect(page.getByRole("main")).toContainText("没有符合条件的企业");
  await choose(page, "状态", "已认证");
  await expect(line).toContainText("平台审核");

  const other = await browser.newContext({ locale: "zh-CN", baseURL: server.origin });
  const theirs = await other.newPage();
  await theirs.goto("/");
  await logIn(theirs, zhang);
  await expect(theirs.getByRole("main")).toContainText("已认证");
  await expect(theirs.getByRole("main")).toContainText("企业认证已通过");
  await other.close();
});

test("staff refuse a claim, and the claimant reads why", async ({ page, server, browser }) => {
  const [zhang, of] = [person(), enterprise()];
  await claim(server, zhang, of);
  await asStaff(page, server, "/staff/enterprises");
  await find(page, of.name.slice(0, 6));
  await page.getByRole("button", { name: `审核 ${of.name}` }).click();
  const review = page.getByRole("dialog", { name: of.name });
  await expect(review).toContainText("登记系统中没有该企业");
  await review.getByRole("button", { name: "驳回" }).click();
  const refusals = sent(page, "POST", /\/refuse$/);
  await because(page, "驳回", "营业执照与企业名称不符", "驳回");
  expect(refusals()).toBe(1);
  await expect(review).toContainText("曾被驳回：营业执照与企业名称不符");
  await expect(review.getByRole("button", { name: "驳回" })).toHaveCount(0);
  await everyLook(page, "staff-enterprise-refused");

  const other = await browser.newContext({ locale: "zh-CN", baseURL: server.origin });
  const theirs = await other.newPage();
  await theirs.goto("/enterprise");
  await logIn(theirs, zhang);
  await expect(theirs.getByRole("main")).toContainText("营业执照与企业名称不符");
  await expect(theirs.getByRole("button", { name: /确定关联|关联企业/ }).first()).toBeVisible();
  await theirs.goto("/messages");
  await expect(theirs.getByRole("main")).toContainText("营业执照与企业名称不符");
  await other.close();
});

test("staff make another member the administrator, and both are told", async ({ page, server }) => {
  const [zhang, li, of] = [person(), person(), enterprise()];
  const administrator = await claim(server, zhang, of);
  await server.register(li);
  const operator = await server.logIn(li);
  const asked = await server.done<{ id: string }>("POST", "/v1/associations", { role: "operator", uscc: of.uscc }, operator);
  await server.done("POST", `/v1/associations/${asked.id}/approve`, undefined, administrator);
  const staff = await asStaff(page, server, "/staff/enterprises");
  const { items } = await server.done<{ items: { id: string }[] }>("GET", `/v1/platform/enterprises?query=${of.uscc}`, undefined, staff.token);
  await server.done("POST", `/v1/platform/enterprises/${items[0]?.id}/verify`, { reason: "已核实" }, staff.token);

  await choose(page, "状态", "已认证");
  await find(page, of.uscc);
  await page.getByRole("row").filter({ hasText: of.uscc }).getByRole("button").click();
  const review = page.getByRole("dialog", { name: of.name });
  await review.getByRole("button", { name: `设为管理员 ${li.name}` }).click();
  await because(page, "设为管理员", "企业来函变更", "设为管理员");
  await expect(review.getByRole("row").filter({ hasText: li.username })).toContainText("管理员");
  await expect(review.getByRole("row").filter({ hasText: zhang.username })).toContainText("操作员");
  for (const [token, role] of [[administrator, "operator"], [operator, "admin"]] as const) {
    const me = await server.done<{ enterprise: { role: string } }>("GET", "/v1/me", undefined, token);
    expect(me.enterprise.role).toBe(role);
    const messages = await server.done<{ items: { body: string }[] }>("GET", "/v1/messages", undefined, token);
    expect(messages.items.map(({ body }) => body).join("\n")).toContain("企业来函变更");
  }
});

test("who decides by an older state is told so, and nothing is decided", async ({ page, server }) => {
  const [zhang, of] = [person(), enterprise()];
  await claim(server, zhang, of);
  await asStaff(page, server, "/staff/enterprises");
  const other = await joinStaff(server);
  await find(page, of.uscc);
  await page.getByRole("button", { name: `审核 ${of.name}` }).click();
  await expect(page.getByRole("dialog", { name: of.name })).toContainText(zhang.name);
  const { items } = await server.done<{ items: { id: string }[] }>("GET", `/v1/platform/enterprises?query=${of.uscc}`, undefined, other.token);
  await server.done("POST", `/v1/platform/enterprises/${items[0]?.id}/verify`, { reason: "已核实" }, other.token);
  await page.getByRole("dialog", { name: of.name }).getByRole("button", { name: "驳回" }).click();
  const dialog = page.getByRole("dialog", { name: "驳回" });
  await dialog.getByLabel("原因").fill("资料不全");
  await dialog.getByRole("button", { name: "驳回", exact: true }).click();
  await expect(dialog.getByRole("alert")).toContainText("内容已被他人修改");
  await everyLook(page, "staff-enterprise-stale");
  const now = await server.done<{ state: string }>("GET", `/v1/platform/enterprises/${items[0]?.id}`, undefined, other.token);
  expect(now.state).toBe("verified");
});

test("staff find an account by phone, id number, name and username, see it masked, and in full for a reason that is kept", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  const staff = await asStaff(page, server, "/staff/accounts");
  const line = page.getByRole("row").filter({ hasText: zhang.username });
  for (const what of [zhang.phone, zhang.idNumber, zhang.name, zhang.username.slice(0, -1)]) {
    await find(page, what);
    await expect(line, what).toBeVisible();
  }
  await find(page, zhang.phone);
  await expect(page.getByRole("main").getByRole("row")).toHaveCount(2);
  await expect(line).toContainText(`${zhang.phone.slice(0, 3)}****${zhang.phone.slice(-4)}`);
  await expect(line).toContainText(`${zhang.idNumber.slice(0, 4)}**********${zhang.idNumber.slice(-4)}`);
  await everyLook(page, "staff-accounts");

  await line.getByRole("button", { name: `查看完整信息 ${zhang.name}` }).click();
  await everyLook(page, "staff-account-reveal");
  const reveals = sent(page, "POST", /\/reveal$/);
  await because(page, /^查看完整信息/, "协查函 2026-17", "查看完整信息");
  const shown = page.getByRole("dialog", { name: `${zhang.name} 的完整信息` });
  await expect(shown).toContainText(zhang.idNumber);
  await expect(shown).toContainText(zhang.phone);
  expect(reveals()).toBe(1);
  await everyLook(page, "staff-account-revealed");
  await page.keyboard.press("Escape");
  await expect(shown).toBeHidden();
  await expect(page.locator("body")).not.toContainText(zhang.idNumber);

  const audit = await server.call("GET", "/v1/platform/audit?action=account.revealed&limit=1", undefined, staff.token);
  const text = await audit.text();
  expect(text).toContain("协查函 2026-17");
  expect(text).not.toContain(zhang.idNumber);
  expect(text).not.toContain(zhang.phone);

  await find(page, "nobody_has_this_name");
  await expect(page.getByRole("main")).toContainText("没有符合条件的账号");
});

test("an account that staff lock is out at once, reads why it can't log in, and works again when it is unlocked", async ({ page, server, browser }) => {
  const zhang = person();
  await server.register(zhang);
  const other = await browser.newContext({ locale: "zh-CN", baseURL: server.origin });
  const theirs = await other.newPage();
  await theirs.goto("/");
  await logIn(theirs, zhang);
  await asStaff(page, server, "/staff/accounts");
  await find(page, zhang.phone);
  const line = page.getByRole("row").filter({ hasText: zhang.username });
  await line.getByRole("button", { name: `锁定 ${zhang.name}` }).click();
  const locks = sent(page, "POST", /\/(un)?lock$/);
  await because(page, /^锁定/, "举报属实", "锁定");
  expect(locks()).toBe(1);
  await expect(line).toContainText("已锁定");
  await expect(line).toContainText("举报属实");
  await everyLook(page, "staff-account-locked");

  await theirs.getByRole("link", { name: /消息提醒/ }).first().click();
  const again = theirs.getByRole("dialog", { name: /重新登录/ });
  await again.getByLabel("账号", { exact: true }).fill(zhang.username);
  await again.getByLabel("密码", { exact: true }).fill(zhang.password);
  await again.getByRole("button", { name: "登录", exact: true }).click();
  await expect(again.getByRole("alert")).toContainText("账号已被锁定");

  await choose(page, "状态", "已锁定");
  await line.getByRole("button", { name: `解锁 ${zhang.name}` }).click();
  await because(page, /^解锁/, "申诉成立", "解锁");
  await expect(line).toHaveCount(0);
  expect(locks()).toBe(2);
  await again.getByRole("button", { name: "登录", exact: true }).click();
  await expect(again).toBeHidden();
  await expect(theirs.getByRole("main")).toContainText("账号已解锁");
  await other.close();
});

test("staff are not locked on the page: that is done on the command line", async ({ page, server }) => {
  const staff = await asStaff(page, server, "/staff/accounts");
  await find(page, staff.username);
  const line = page.getByRole("row").filter({ hasText: staff.username });
  await expect(line).toContainText("平台工作人员");
  await expect(line.getByRole("button", { name: /锁定/ })).toHaveCount(0);
  await expect(line.getByRole("button", { name: /IC 卡/ })).toHaveCount(0);
});

test("staff bind a card for who can't, another person's card never; its person logs in with it; and it is unbound again", async ({ page, server, desk, authority, browser }) => {
  const [zhang, li, of, number] = [person(), person(), enterprise(), cardNumber()];
  await server.register(zhang);
  const issue = (whose: typeof zhang) =>
    authority.issue({ class: "operator", name: whose.name, idNumber: whose.idNumber, cardNumber: number, enterprise: of.name, uscc: of.uscc });
  const [own, others] = [issue(zhang), issue(li)];
  await asStaff(page, server, "/staff/accounts");
  await find(page, zhang.phone);
  await page.getByRole("button", { name: `IC 卡 ${zhang.name}` }).click();
  const dialog = page.getByRole("dialog", { name: `${zhang.name} 的 IC 卡` });
  await expect(dialog).toContainText("没有绑定 IC 卡");
  await dialog.getByRole("button", { name: "代为绑卡" }).click();
  await expect(dialog.getByText("请填写此项")).toHaveCount(3);
  await everyLook(page, "staff-account-card-empty");

  const file = dialog.locator("input[type=file]");
  await dialog.getByLabel("卡号").fill(number);
  await dialog.getByLabel("原因").fill("读卡器故障，本人到场");
  await file.setInputFiles({ name: "key.pem", mimeType: "application/x-pem-file", buffer: Buffer.from("-----BEGIN PRIVATE KEY-----\nMAMC\n-----END PRIVATE KEY-----\n") });
  await expect(dialog).toContainText("文件中没有证书");
  const bindings = sent(page, "POST", /\/card$/);
  await file.setInputFiles({ name: "other.cer", mimeType: "application/pkix-cert", buffer: authority.certificate(others) });
  await dialog.getByRole("button", { name: "代为绑卡" }).click();
  await expect(dialog.getByRole("alert")).toContainText("信息不符");
  await everyLook(page, "staff-account-card-refused");
  await file.setInputFiles({ name: "own.cer", mimeType: "application/pkix-cert", buffer: authority.certificate(own) });
  await dialog.getByRole("button", { name: "代为绑卡" }).dblclick();
  await expect(dialog).toContainText(number);
  expect(bindings()).toBe(2);
  await everyLook(page, "staff-account-card");

  const other = await browser.newContext({ locale: "zh-CN", baseURL: server.origin });
  const theirs = await other.newPage();
  await theirs.goto("/");
  await theirs.getByRole("tab", { name: "IC 卡登录" }).click();
  await theirs.getByRole("button", { name: "连接读卡器" }).click();
  desk.insert(own);
  await expect(theirs.getByText("卡已插入", { exact: true })).toBeVisible();
  desk.personAnswers({ pin: "123456" });
  await theirs.getByRole("button", { name: "用 IC 卡登录" }).click();
  await expect(theirs.getByRole("main")).toContainText(of.name);

  await dialog.getByRole("button", { name: "代为解卡" }).click();
  await because(page, "代为解卡", "卡已挂失", "代为解卡");
  await expect(dialog).toContainText("没有绑定 IC 卡");
  // The session was the card's.
  await theirs.getByRole("link", { name: /消息提醒/ }).first().click();
  await expect(theirs.getByRole("dialog", { name: /重新登录/ })).toBeVisible();
  await other.close();
});

const PLACES = ["enterprises", "accounts", "registry", "applications", "trust", "audit"].map((name) => `/staff/${name}`);

test("who is not of the staff comes to no page of the console, and who is not logged in is asked to", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  for (const place of PLACES) {
    await page.goto(place);
    await expect(page, place).toHaveURL(new RegExp(`/login\\?next=${place}$`));
  }
  const asked = sent(page, "GET", /^\/v1\/platform\//);
  await logIn(page, zhang);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("工作台");
  for (const place of PLACES) {
    await page.goto(place);
    await expect(page.getByRole("heading", { level: 1 }), place).toHaveText("工作台");
    await expect(page).toHaveURL(`${server.origin}/`);
  }
  expect(asked()).toBe(0);
  await expect(page.getByRole("navigation")).not.toContainText("账号管理");
  // Nor does the service answer who asks it without the page.
  const token = await server.logIn(zhang);
  expect((await server.call("GET", "/v1/platform/accounts", undefined, token)).status).toBe(403);
});

test("staff have no pages of enterprises and of persons, and the menu shows theirs in order", async ({ page, server }) => {
  await asStaff(page, server, "/staff/audit");
  await expect(page.getByRole("navigation").getByRole("link")).toHaveText([
    ...["工作台", "账号信息", "消息提醒", "会话与设备"],
    ...["企业认证", "账号管理", "登记信息导入", "应用目录", "发证机构与吊销列表", "审计日志"],
  ]);
  for (const place of ["/operators", "/card", "/seals", "/enterprise"]) {
    await page.goto(place);
    await expect(page.getByRole("heading", { level: 1 }), place).toHaveText("工作台");
  }
  await everyLook(page, "staff-workbench");
});

test("a session that was ended elsewhere loses nothing: the reason is still there after the login, and what was asked for is done once", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  const staff = await asStaff(page, server, "/staff/accounts");
  await find(page, zhang.phone);
  await page.getByRole("button", { name: `锁定 ${zhang.name}` }).click();
  const dialog = page.getByRole("dialog", { name: /^锁定/ });
  await dialog.getByLabel("原因").fill("风险排查");
  const { items } = await server.done<{ items: { id: string; current: boolean }[] }>("GET", "/v1/me/sessions", undefined, staff.token);
  for (const session of items.filter(({ current }) => !current)) {
    await server.done("DELETE", `/v1/me/sessions/${session.id}`, undefined, staff.token);
  }
  await dialog.getByRole("button", { name: "锁定", exact: true }).click();
  const again = page.getByRole("dialog", { name: /重新登录/ });
  await again.getByLabel("账号", { exact: true }).fill(staff.username);
  await again.getByLabel("密码", { exact: true }).fill(staff.password);
  await again.getByRole("button", { name: "登录", exact: true }).dblclick();
  await expect(again).toBeHidden();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole("row").filter({ hasText: zhang.username })).toContainText("风险排查");
  const audit = await server.done<{ items: { after: { reason?: string } | null }[] }>("GET", "/v1/platform/audit?action=account.locked&limit=20", undefined, staff.token);
  expect(audit.items.filter(({ after }) => after?.reason === "风险排查")).toHaveLength(1);
  await logOut(page);
});
