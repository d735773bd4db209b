/** 操作员 (J8): found, added with a card and without, changed, suspended, removed, invited, brought in by the file. */

import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { confirm, enter, member, Office, told } from "../stack/enterprise.ts";
import { accessible, cardNumber, choose, expect, logIn, person, residentId, test, type Person } from "../stack/test.ts";

interface Listed {
  items: { id: string; name: string; username: string; status: string; department: string | null }[];
}

const row = (page: Page, name: string) => page.getByRole("row", { name: new RegExp(name) });

/** Opens the menu of a row and chooses in it. */
async function more(page: Page, name: string, what: string): Promise<void> {
  await page.getByRole("button", { name: `更多 ${name}`, exact: true }).click();
  await page.getByRole("menuitem", { name: what, exact: true }).click();
}

async function fillPerson(page: Page, { name, username, idNumber, phone }: Person): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "新增操作员" });
  await dialog.getByLabel("姓名", { exact: true }).fill(name);
  await dialog.getByLabel("用户名", { exact: true }).fill(username);
  await dialog.getByLabel("证件号码", { exact: true }).fill(idNumber);
  await dialog.getByLabel("手机号", { exact: true }).fill(phone);
}

test("operators are added without and with a card, each once, and found; the initial password goes to their own phone and is changed at once", async ({ page, server }) => {
  const office = await Office.open(server);
  const [li, wang, number] = [person(), person(), cardNumber()];
  await page.goto("/operators");
  await logIn(page, office.admin.person);
  await expect(page.getByRole("main")).toContainText("还没有操作员。点击“新增操作员”逐个添加");
  await accessible(page, "operators-none");

  await page.getByRole("button", { name: "新增操作员" }).click();
  const dialog = page.getByRole("dialog", { name: "新增操作员" });
  await dialog.getByRole("button", { name: "保存" }).last().click();
  for (const label of ["姓名", "用户名", "证件号码", "手机号"]) {
    await expect(dialog.getByLabel(label, { exact: true })).toHaveAttribute("aria-invalid", "true");
  }
  await accessible(page, "operators-add-empty");
  await fillPerson(page, { ...li, idNumber: `${li.idNumber.slice(0, 17)}${li.idNumber.endsWith("1") ? "2" : "1"}` });
  await expect(dialog.getByText("校验码不符，多半有一位输错，请对照证件核对")).toBeVisible();
  await fillPerson(page, li);
  await dialog.getByRole("button", { name: "保存" }).last().dblclick();
  await told(page, "操作员已创建，初始密码已发送到其手机");
  await expect(row(page, li.name)).toContainText("无卡");
  await expect(row(page, li.name)).toContainText("未登录过");
  await expect(row(page, li.name)).toContainText(`${li.phone.slice(0, 3)}****${li.phone.slice(-4)}`);
  await expect(page.getByRole("main")).not.toContainText(li.idNumber);

  await page.getByRole("button", { name: "新增操作员" }).click();
  await fillPerson(page, wang);
  await dialog.getByLabel("部门").fill("报关部");
  await dialog.getByRole("radio", { name: "有卡" }).check({ force: true });
  await dialog.getByLabel("操作员卡号").fill(number);
  await accessible(page, "operators-add");
  await dialog.getByRole("button", { name: "保存" }).last().dblclick();
  await expect(row(page, wang.name)).toContainText(number);
  await expect(row(page, wang.name)).toContainText("待绑定");
  await expect(row(page, wang.name)).toContainText("报关部");
  await accessible(page, "operators");
  expect((await office.ask<Listed>("/v1/operators")).items).toHaveLength(2);

  const search = page.getByLabel("姓名或用户名的开头，或完整的手机号、证件号码");
  for (const query of [wang.username, wang.phone, wang.idNumber]) {
    await search.fill(query);
    await page.getByRole("button", { name: "查询", exact: true }).click();
    await expect(row(page, li.name)).toHaveCount(0);
    await expect(row(page, wang.name)).toBeVisible();
  }
  await search.fill("没有这个人");
  await search.press("Enter");
  await expect(page.getByText("没有符合条件的操作员")).toBeVisible();
  await search.fill("");
  await choose(page, "IC 卡", "无卡");
  await expect(row(page, wang.name)).toHaveCount(0);
  await expect(row(page, li.name)).toBeVisible();
  await choose(page, "状态", "已停用");
  await expect(page.getByText("没有符合条件的操作员")).toBeVisible();

  const initial = await server.sms(li.phone, "initial_password");
  await enterFirst(page, { username: li.username, password: initial.code ?? "" }, li.password);
  await page.goto("/enterprise");
  await expect(page.getByRole("region", { name: "企业信息" })).toContainText(office.enterprise.name);
});

/** The first login with an initial password, which wants another one before anything else. */
async function enterFirst(page: Page, who: { username: string; password: string }, password: string): Promise<void> {
  await page.context().clearCookies();
  await page.goto("/");
  await logIn(page, who).catch(() => undefined);
  const dialog = page.getByRole("dialog", { name: "请先修改初始密码" });
  await dialog.getByLabel("当前密码").fill(who.password);
  await dialog.getByLabel("新密码", { exact: true }).fill(password);
  await dialog.getByLabel("确认新密码").fill(password);
  await dialog.getByRole("button", { name: "修改密码" }).click();
  await expect(dialog).toBeHidden();
}

test("of two tabs that change the same operator the second is told in words, and sees the newest", async ({ page, server, context }) => {
  const office = await Office.open(server);
  const li = await office.operator();
  await page.goto("/operators");
  await logIn(page, office.admin.person);
  const other = await context.newPage();
  await other.goto("/operators");
  for (const tab of [page, other]) {
    await tab.getByRole("button", { name: `修改 ${li.person.name}`, exact: true }).click();
    await expect(tab.getByRole("dialog", { name: "修改操作员" })).toContainText("姓名、用户名和手机号由本人维护");
    await expect(tab.getByRole("dialog", { name: "修改操作员" }).getByLabel("姓名", { exact: true })).toHaveValue(li.person.name);
  }
  await accessible(page, "operators-edit");
  await other.getByLabel("部门").fill("财务部");
  await other.getByRole("dialog").getByRole("button", { name: "保存" }).last().dblclick();
  await told(other, "操作员信息已保存");
  await page.getByLabel("部门").fill("报关部");
  const save = page.getByRole("dialog").getByRole("button", { name: "保存" }).last();
  await save.click();
  await expect(page.getByRole("dialog").getByRole("alert").filter({ hasText: "他人刚刚修改过，已载入最新内容，请核对后重新修改。" })).toBeVisible();
  await expect(page.getByLabel("部门")).toHaveValue("财务部");
  await accessible(page, "operators-edit-stale");
  await page.getByLabel("部门").fill("报关部");
  await save.click();
  await expect(row(page, li.person.name)).toContainText("报关部");
  await other.close();
});

test("an operator is suspended, resumed, sent a new password and removed, each after a question, and knows it at once", async ({ page, server }) => {
  const office = await Office.open(server);
  const li = await office.operator();
  const { name } = li.person;
  const reason = async (token: string): Promise<string | null> => {
    const checks = [{ application: "goods_declaration", action: "view" }];
    const { results } = await server.done<{ results: { reason: string | null }[] }>("POST", "/v1/check", { checks }, token);
    return results[0]?.reason ?? null;
  };
  await page.goto("/operators");
  await logIn(page, office.admin.person);
  await more(page, name, "停用");
  await expect(page.getByRole("dialog", { name: "停用" })).toContainText(`停用后，${name} 立即不能再为本企业办理业务，授权保留。`);
  await accessible(page, "operators-suspend");
  await page.getByRole("dialog", { name: "停用" }).getByRole("button", { name: "取消" }).click();
  await expect(row(page, name)).toContainText("正常");
  await more(page, name, "停用");
  await page.getByRole("dialog", { name: "停用" }).getByRole("button", { name: "停用", exact: true }).dblclick();
  await told(page, `已停用 ${name}`);
  await expect(row(page, name)).toContainText("已停用");
  expect(await reason(li.token)).toBe("suspended");
  await more(page, name, "恢复");
  await confirm(page, "恢复");
  await expect(row(page, name)).toContainText("正常");
  expect(await reason(li.token)).not.toBe("suspended");

  await more(page, name, "重置密码");
  await expect(page.getByRole("dialog", { name: "重置密码" })).toContainText("原密码立即失效");
  await confirm(page, "重置密码");
  await told(page, `新的初始密码已发送给 ${name}`);
  expect((await server.call("GET", "/v1/me", undefined, li.token)).status).toBe(401);
  const initial = await server.sms(li.person.phone, "initial_password");
  await expect(page.getByRole("main")).not.toContainText(initial.code ?? "");

  await more(page, name, "删除");
  await expect(page.getByRole("dialog", { name: "删除" })).toContainText("全部授权取消");
  await confirm(page, "删除");
  await expect(row(page, name)).toHaveCount(0);
  await enterFirst(page, { username: li.person.username, password: initial.code ?? "" }, `new ${li.person.password}`);
  await page.goto("/messages");
  await expect(page.getByRole("main")).toContainText(`${office.enterprise.name} 的管理员已将您移出该企业`);
});

test("who has an account is invited: one takes it, one declines, and one invitation is taken back", async ({ page, server }) => {
  const office = await Office.open(server);
  const [li, wang, zhao] = [await member(server), await member(server), await member(server)];
  await page.goto("/operators");
  await logIn(page, office.admin.person);
  for (const { person: one } of [li, wang, zhao]) {
    await page.getByRole("button", { name: "新增操作员" }).click();
    // What the administrator types, not what the account says.
    await fillPerson(page, { ...one, username: `typed.${one.username}` });
    await page.getByRole("dialog").getByRole("button", { name: "保存" }).last().dblclick();
    await told(page, "该人员已有账号，已发出邀请，待其本人接受");
    await expect(row(page, one.name).filter({ hasText: `typed.${one.username}` })).toContainText("已邀请");
  }
  await accessible(page, "operators-invited");
  await more(page, zhao.person.name, "撤回邀请");
  await confirm(page, "撤回邀请");
  await told(page, `已撤回对 ${zhao.person.name} 的邀请`);

  await enter(page, li.person, "/enterprise");
  const invitations = page.getByRole("region", { name: "企业的邀请" });
  await expect(invitations).toContainText(`${office.enterprise.name} 邀请您成为操作员`);
  await accessible(page, "enterprise-invited");
  await invitations.getByRole("button", { name: "接受" }).dblclick();
  await expect(page.getByRole("region", { name: "企业信息" })).toContainText(office.enterprise.name);
  await enter(page, wang.person, "/enterprise");
  await invitations.getByRole("button", { name: "谢绝" }).click();
  await told(page, "已谢绝");
  await expect(invitations).toHaveCount(0);
  await enter(page, zhao.person, "/enterprise");
  await expect(page.getByRole("region", { name: "关联企业" })).toBeVisible();
  await expect(invitations).toHaveCount(0);

  await enter(page, office.admin.person, "/operators");
  await expect(row(page, li.person.name)).toContainText("正常");
  await expect(row(page, wang.person.name)).toHaveCount(0);
  await page.goto("/messages");
  await expect(page.getByRole("main")).toContainText(`${wang.person.name} 谢绝了本企业的邀请`);
});

test("a CSV is looked through before anything is sent; what was left out comes back as an Excel file, is corrected, and goes in", async ({ page, server }) => {
  const office = await Office.open(server);
  const [li, wang, zhao] = [person(), person(), person()];
  const line = ({ username, name, idNumber, phone }: Person, id = idNumber): string => [username, name, "", id, phone, ""].join(",");
  const wrong = `${wang.idNumber.slice(0, 17)}${wang.idNumber.endsWith("1") ? "2" : "1"}`;
  const csv = [
    "用户名,姓名,证件类型,证件号码,手机号,卡号,备注",
    line(li),
    line(wang, wrong),
    line({ ...zhao, phone: "12345", idNumber: residentId() }),
    line({ ...zhao, username: li.username }),
    `${zhao.username}x,,身份证,1.10105E+17,${zhao.phone},`,
  ].join("\r\n");
  await page.goto("/operators");
  await logIn(page, office.admin.person);
  await page.getByRole("button", { name: "批量导入" }).click();
  const dialog = page.getByRole("dialog", { name: "批量导入操作员" });
  await accessible(page, "operators-import");
  const template = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "下载 CSV 模板" }).click();
  expect(readFileSync(await (await template).path(), "utf8")).toContain("用户名,姓名,证件类型,证件号码,手机号,卡号");

  const file = dialog.locator("input[type=file]");
  await file.setInputFiles({ name: "old.xls", mimeType: "application/vnd.ms-excel", buffer: Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0, 0]) });
  await expect(dialog).toContainText("旧版 .xls 请另存为 .xlsx");
  await file.setInputFiles({ name: "操作员.csv", mimeType: "text/csv", buffer: Buffer.from(`\ufeff${csv}`) });
  await expect(dialog).toContainText("共 5 行，1 行可导入，4 行有误");
  await expect(dialog).toContainText("以下列无法识别，已忽略：备注");
  for (const words of ["校验码不符", "手机号应为以 13 至 19 开头的 11 位数字", "与上面的行重复", "表格软件已将号码截断", "必填"]) {
    await expect(dialog.getByRole("table")).toContainText(words);
  }
  await accessible(page, "operators-import-preview");
  await dialog.getByText("只看有误的行").click();
  await expect(dialog.getByRole("row")).toHaveCount(6);
  await dialog.getByRole("button", { name: "导入 1 名操作员" }).dblclick();
  await expect(dialog).toContainText("导入完成：新建 1，邀请 0，失败 0");
  await expect(dialog).toContainText("有误的 4 行没有导入");
  await accessible(page, "operators-import-result");
  const left = page.waitForEvent("download");
  await dialog.getByRole("button", { name: "下载未导入的行" }).click();
  const excel = readFileSync(await (await left).path());

  await dialog.getByRole("button", { name: "重新选择文件" }).click();
  await file.setInputFiles({ name: "未导入的操作员.xlsx", mimeType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", buffer: excel });
  await expect(dialog).toContainText("共 4 行");
  const bad = dialog.getByRole("row").filter({ hasText: wang.name });
  await bad.getByText(wrong).dblclick();
  await dialog.getByRole("textbox", { name: "证件号码" }).fill(wang.idNumber);
  await dialog.getByRole("textbox", { name: "证件号码" }).press("Enter");
  await dialog.getByRole("button", { name: /^导入 \d 名操作员$/ }).dblclick();
  await expect(dialog).toContainText(/导入完成：新建 \d/);
  await dialog.getByRole("button", { name: /关闭/ }).click();
  await expect(dialog).toBeHidden();
  await expect(row(page, li.name)).toBeVisible();
  await expect(row(page, wang.name)).toBeVisible();
  const { items } = await office.ask<Listed>("/v1/operators");
  expect(items.filter(({ username }) => username === li.username)).toHaveLength(1);
  expect(items.filter(({ username }) => username === wang.username)).toHaveLength(1);
});
