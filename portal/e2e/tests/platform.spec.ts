/** J18 and J19 in the browser: what the platform's staff keep for all: registry, applications, card authorities, audit. */

import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { sent } from "../stack/session.ts";
import { asStaff, cardNumber, choose, enterprise, everyLook, expect, joinStaff, logIn, person, test, type Enterprise } from "../stack/test.ts";

const HEADER = "uscc,name,registered_address,business_scope,legal_person_name";
const row = ({ uscc, name }: Enterprise): string => `${uscc},${name},"杭州市上城区,望江路 1 号",货物进出口,张三`;

function csv(...rows: string[]): { name: string; mimeType: string; buffer: Buffer } {
  return { name: "registry.csv", mimeType: "text/csv", buffer: Buffer.from([HEADER, ...rows, ""].join("\r\n")) };
}

async function bring(page: Page, file: { name: string; mimeType: string; buffer: Buffer }, go = "开始导入"): Promise<void> {
  await page.getByRole("main").locator("input[type=file]").setInputFiles(file);
  await page.getByRole("button", { name: go }).dblclick();
}

/** Enterprises that no other row speaks of. */
function many(count: number): Enterprise[] {
  const all = new Map<string, Enterprise>();
  while (all.size < count) {
    const one = enterprise();
    all.set(one.uscc, one);
  }
  return [...all.values()];
}

test("a large registry comes in by parts, tells how far it is, and comes in once however often it is brought", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  await asStaff(page, server, "/staff/registry");
  await everyLook(page, "staff-registry");
  const all = many(9000);
  const file = csv(...all.map(row));
  /** By their idempotency keys: a part that got no answer is sent once more. */
  const parts = new Set<string>();
  let goOn = (): void => undefined;
  const looked = new Promise<void>((resolve) => (goOn = resolve));
  await page.route("**/v1/platform/registry/import*", async (route) => {
    parts.add(route.request().headers()["idempotency-key"] ?? "");
    // The second part waits until the first one was looked at.
    await (parts.size === 1 ? undefined : looked);
    await route.continue();
  });
  await bring(page, file);
  await expect(page.getByText(/^已处理 [1-9]\d?%，[1-9]\d* 行$/)).toBeVisible();
  await everyLook(page, "staff-registry-progress");
  goOn();
  await expect(page.getByText("完成：新增 9000，更新 0，未变 0，有误 0")).toBeVisible();
  // A part ends with a row, so that there can be one more than would hold the bytes.
  const least = Math.ceil(file.buffer.length / (512 * 1024));
  expect(least).toBeGreaterThan(1);
  expect([least, least + 1]).toContain(parts.size);
  await expect(page.getByRole("region", { name: "历次导入" }).getByRole("row").nth(1)).toContainText("9,000");
  const theirs = await server.done("GET", `/v1/registry/enterprises/${all[4711]?.uscc}`, undefined, await server.logIn(zhang));
  expect(theirs).toMatchObject({ name: all[4711]?.name, registered_address: "杭州市上城区,望江路 1 号" });

  await bring(page, file);
  await expect(page.getByText("完成：新增 0，更新 0，未变 9000，有误 0")).toBeVisible();
});

test("rows that are wrong are told with line and reason, and the others are taken; GBK is read; a check writes nothing", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  const token = await server.logIn(zhang);
  const known = async (of: Enterprise): Promise<number> => (await server.call("GET", `/v1/registry/enterprises/${of.uscc}`, undefined, token)).status;
  const [first, second, nameless, broken] = [enterprise(), enterprise(), enterprise(), enterprise()];
  await asStaff(page, server, "/staff/registry");
  const wrong = first.uscc.slice(0, 17) + (first.uscc.endsWith("0") ? "1" : "0");
  const file = csv(row(first), `${wrong},错误企业,,,`, `${nameless.uscc},,,,`, `${broken.uscc},列数不对`, row(second));

  await page.getByText("只检查，不导入").click();
  await bring(page, file, "开始检查");
  await expect(page.getByText("完成：新增 2，更新 0，未变 0，有误 3")).toBeVisible();
  expect(await known(first)).toBe(404);
  await page.getByText("只检查，不导入").click();
  await bring(page, file);
  await expect(page.getByText("完成：新增 2，更新 0，未变 0，有误 3")).toBeVisible();
  expect([await known(first), await known(second), await known(nameless), await known(broken)]).toEqual([200, 200, 404, 404]);
  const errors = page.getByRole("region", { name: "有误的行" }).getByRole("row");
  await expect(errors).toHaveCount(4);
  await expect(errors.nth(1)).toContainText("3");
  await expect(errors.nth(1)).toContainText("uscc");
  await expect(errors.nth(1)).toContainText("校验");
  await expect(errors.nth(2)).toContainText("没有企业名称");
  await expect(errors.nth(3)).toContainText("列数");
  await everyLook(page, "staff-registry-errors");

  const gbk = enterprise();
  // 杭州 in GBK.
  const name = Buffer.from([0xba, 0xbc, 0xd6, 0xdd]);
  const buffer = Buffer.concat([Buffer.from(`${HEADER}\r\n${gbk.uscc},`), name, Buffer.from(",,,\r\n")]);
  await bring(page, { name: "gbk.csv", mimeType: "text/csv", buffer });
  await expect(page.getByText("完成：新增 1，更新 0，未变 0，有误 0")).toBeVisible();
  expect(await server.done("GET", `/v1/registry/enterprises/${gbk.uscc}`, undefined, token)).toMatchObject({ name: "杭州" });
});

test("a file without a header, an empty one and one that is stopped midway are told in words", async ({ page, server }) => {
  await asStaff(page, server, "/staff/registry");
  await bring(page, { name: "no-header.csv", mimeType: "text/csv", buffer: Buffer.from(`${row(enterprise())}\r\n`) });
  await expect(page.getByRole("main").getByRole("alert").first()).toContainText("缺少表头");
  await everyLook(page, "staff-registry-refused");
  await page.getByRole("main").locator("input[type=file]").setInputFiles({ name: "empty.csv", mimeType: "text/csv", buffer: Buffer.alloc(0) });
  await expect(page.getByRole("main").getByRole("alert").first()).toContainText("文件是空的");
  await expect(page.getByRole("button", { name: "开始导入" })).toBeDisabled();

  const parts = sent(page, "POST", /\/registry\/import$/);
  await page.route("**/v1/platform/registry/import*", async (route) => {
    await new Promise((later) => setTimeout(later, 1500));
    await route.continue();
  });
  await bring(page, csv(...many(9000).map(row)));
  await page.getByRole("button", { name: "停止" }).click();
  await expect(page.getByText("已停止。已导入的部分保留")).toBeVisible();
  expect(parts()).toBe(1);
  await expect(page.getByRole("region", { name: "历次导入" }).getByRole("row").nth(1)).toContainText("进行中");
});

test("an application is taken into the catalogue with its actions; what is wrong is told where it is; a code is never used again", async ({ page, server }) => {
  const code = `app_${Date.now().toString(36)}`;
  const staff = await asStaff(page, server, "/staff/applications");
  await expect(page.getByRole("main").getByRole("row").filter({ hasText: "货物申报" })).toBeVisible();
  await everyLook(page, "staff-applications");
  await page.getByRole("button", { name: "新增应用" }).click();
  const dialog = page.getByRole("dialog", { name: "新增应用" });
  await dialog.getByRole("button", { name: "保存" }).click();
  // One action's three fields share a line, and what is said below it.
  await expect(dialog.getByText("请填写此项")).toHaveCount(5);
  await dialog.getByLabel("代码", { exact: true }).fill("Not A Code");
  await dialog.getByLabel("中文名称", { exact: true }).fill("船舶登临");
  await dialog.getByLabel("英文名称", { exact: true }).fill("Boarding");
  await dialog.getByLabel("代码 1").fill("view");
  await dialog.getByLabel("原因").fill("新系统上线");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByLabel("中文名称 1")).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByLabel("代码 1")).not.toHaveAttribute("aria-invalid", "true");
  await dialog.getByLabel("中文名称 1").fill("查看");
  await dialog.getByLabel("英文名称 1").fill("View");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByLabel("代码", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await everyLook(page, "staff-application-wrong");

  await dialog.getByLabel("代码", { exact: true }).fill(code);
  await dialog.getByRole("button", { name: "添加操作" }).click();
  await dialog.getByLabel("代码 2").fill("view");
  await dialog.getByLabel("中文名称 2").fill("申报");
  await dialog.getByLabel("英文名称 2").fill("Submit");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toContainText("代码各不相同");
  await dialog.getByLabel("代码 2").fill("submit");
  // Everybody sees it before what is there.
  await dialog.getByLabel("排序").fill("0");
  await dialog.getByText("未认证企业可用").click();
  const additions = sent(page, "POST", /\/platform\/applications$/);
  await dialog.getByRole("button", { name: "保存" }).dblclick();
  await expect(dialog).toBeHidden();
  expect(additions()).toBe(1);
  const line = page.getByRole("row").filter({ hasText: code });
  await expect(page.getByRole("row").nth(1)).toContainText(code);
  await expect(line).toContainText("申报");
  await expect(line).toContainText("未认证企业可用");
  const { items } = await server.done<{ items: { code: string; open: boolean; actions: { code: string }[] }[] }>("GET", "/v1/applications?limit=100", undefined, staff.token);
  expect(items.find((one) => one.code === code)).toMatchObject({ open: true, actions: [{ code: "view" }, { code: "submit" }] });

  await line.getByRole("button", { name: "删除 船舶登临" }).click();
  const question = page.getByRole("dialog", { name: "删除" });
  await expect(question).toContainText("代码不能再用");
  await everyLook(page, "staff-application-remove");
  const removed = sent(page, "DELETE", /\/platform\/applications\//);
  await question.getByRole("button", { name: "删除" }).dblclick();
  await expect(line).toHaveCount(0);
  expect(removed()).toBe(1);
  await page.getByRole("button", { name: "新增应用" }).click();
  await dialog.getByLabel("代码", { exact: true }).fill(code);
  await dialog.getByLabel("中文名称", { exact: true }).fill("再来一次");
  await dialog.getByLabel("英文名称", { exact: true }).fill("Again");
  await dialog.getByLabel("代码 1").fill("view");
  await dialog.getByLabel("中文名称 1").fill("查看");
  await dialog.getByLabel("英文名称 1").fill("View");
  await dialog.getByLabel("原因").fill("再来一次");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByRole("alert").first()).toContainText("代码已被使用");
});

test("who changes an application that somebody else has just changed is told so, loses nothing typed, and changes the newer one", async ({ page, server }) => {
  const code = `app_${Date.now().toString(36)}x`;
  const other = await joinStaff(server);
  const action = { code: "view", name: { zh: "查看", en: "View" } };
  const body = { code, name: { zh: "查验预约", en: "Inspection" }, open: false, actions: [action], reason: "新增" };
  const { id } = await server.done<{ id: string }>("POST", "/v1/platform/applications", body, other.token);
  await asStaff(page, server, "/staff/applications");
  await page.getByRole("button", { name: "修改 查验预约" }).click();
  const dialog = page.getByRole("dialog", { name: "修改应用" });
  await expect(dialog.getByLabel("中文名称", { exact: true })).toHaveValue("查验预约");
  await everyLook(page, "staff-application");
  const patch = { name: { zh: "查验预约二", en: "Inspection 2" }, reason: "改名" };
  await server.done("PATCH", `/v1/platform/applications/${id}`, patch, other.token);
  await dialog.getByLabel("英文名称", { exact: true }).fill("Inspection by appointment");
  await dialog.getByLabel("原因").fill("统一名称");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByRole("alert").first()).toContainText("他人刚刚修改过");
  await expect(dialog.getByLabel("英文名称", { exact: true })).toHaveValue("Inspection by appointment");
  await everyLook(page, "staff-application-stale");
  await dialog.getByRole("button", { name: "取消" }).click();
  await page.getByRole("button", { name: /^修改 查验预约/ }).first().click();
  await expect(dialog.getByLabel("中文名称", { exact: true })).toHaveValue("查验预约二");
  await dialog.getByLabel("英文名称", { exact: true }).fill("Inspection by appointment");
  await dialog.getByLabel("原因").fill("统一名称");
  const changes = sent(page, "PATCH", /\/platform\/applications\//);
  await dialog.getByRole("button", { name: "保存" }).dblclick();
  await expect(dialog).toBeHidden();
  expect(changes()).toBe(1);
  const now = await server.done<{ name: unknown }>("GET", `/v1/platform/applications/${id}`, undefined, other.token);
  expect(now.name).toEqual({ zh: "查验预约二", en: "Inspection by appointment" });
  await server.done("DELETE", `/v1/platform/applications/${id}`, undefined, other.token);
});

test("cards log in once their authority is trusted, not when they are revoked, and no more when it is removed", async ({ page, server, desk, authority, browser }) => {
  const cards = [person(), person()].map((of, i) =>
    authority.issue({ class: "operator", algorithm: "p256", name: of.name, idNumber: of.idNumber, cardNumber: cardNumber(), enterprise: `宁波${i}号贸易有限公司`, uscc: enterprise().uscc }),
  );
  const other = await browser.newContext({ locale: "zh-CN", baseURL: server.origin });
  const theirs = await other.newPage();
  /** Logs in with a card, and says what the page says. */
  const tryCard = async (card: string, outcome: RegExp): Promise<void> => {
    await theirs.goto("/");
    await theirs.getByRole("tab", { name: "IC 卡登录" }).click();
    await theirs.getByRole("button", { name: "连接读卡器" }).click();
    desk.insert(card);
    await expect(theirs.getByText("卡已插入", { exact: true })).toBeVisible();
    desk.personAnswers({ pin: "123456" });
    await theirs.getByRole("button", { name: "用 IC 卡登录" }).click();
    await expect(theirs.locator("main")).toContainText(outcome);
    desk.remove();
    // The reader is asked now and then what is in it.
    await theirs.waitForTimeout(2100);
  };
  await tryCard(cards[0] ?? "", /颁发|信任/);

  await asStaff(page, server, "/staff/trust");
  const bring = async (button: string, name: string, pem: string, kind: string | null = null): Promise<void> => {
    await page.getByRole("button", { name: button }).click();
    const dialog = page.getByRole("dialog", { name: button });
    if (kind !== null) {
      await dialog.getByText(kind, { exact: true }).click();
    }
    await dialog.locator("input[type=file]").setInputFiles({ name, mimeType: "application/x-pem-file", buffer: Buffer.from(pem) });
    await dialog.getByLabel("原因").fill("测试机构");
    await dialog.getByRole("button", { name: "保存" }).dblclick();
  };
  const add = page.getByRole("dialog", { name: "添加发证机构" });
  await bring("添加发证机构", "both.pem", authority.pem("root", "p256") + authority.pem("intermediate", "p256"));
  await expect(add).toContainText("文件中有 2 个证书");
  await everyLook(page, "staff-trust-several");
  await add.getByRole("button", { name: "取消" }).click();
  const person1 = authority.certificate(cards[0] ?? "").toString("base64");
  await bring("添加发证机构", "card.pem", `-----BEGIN CERTIFICATE-----\n${person1}\n-----END CERTIFICATE-----\n`);
  await expect(add).toContainText("不是发证机构的证书");
  await everyLook(page, "staff-trust-refused");
  await add.getByRole("button", { name: "取消" }).click();

  const imports = sent(page, "POST", /\/trust\/anchors$/);
  await bring("添加发证机构", "root.pem", authority.pem("root", "p256"));
  await expect(add).toBeHidden();
  await bring("添加发证机构", "intermediate.pem", authority.pem("intermediate", "p256"), "中间");
  await expect(add).toBeHidden();
  expect(imports()).toBe(2);
  await tryCard(cards[0] ?? "", /未激活/);
  await theirs.context().clearCookies();

  // A list that should have been renewed is marked, and its successor takes its place.
  const addList = page.getByRole("dialog", { name: "导入吊销列表" });
  await bring("导入吊销列表", "old.crl", authority.pem("crl", "p256", "--out-of-date"));
  await expect(addList).toBeHidden();
  const lists = page.getByRole("region", { name: "吊销列表" });
  await expect(lists.getByText("已过期")).toHaveCount(1);
  await everyLook(page, "staff-trust");
  authority.revoke(cards[1] ?? "", "p256");
  await bring("导入吊销列表", "new.crl", authority.pem("crl", "p256"));
  await expect(addList).toBeHidden();
  await expect(lists.getByText("已过期")).toHaveCount(0);
  await tryCard(cards[1] ?? "", /吊销/);

  const anchors = page.getByRole("region", { name: "信任的发证机构" });
  const before = await anchors.getByRole("row").count();
  const deleted = sent(page, "DELETE", /\/trust\//);
  for (const place of [anchors, anchors, lists]) {
    const buttons = place.getByRole("button", { name: /^移除/ });
    const count = await buttons.count();
    await buttons.first().click();
    const question = page.getByRole("dialog", { name: "移除" });
    await expect(question).toContainText(/不能再登录|不再检查/);
    await question.getByRole("button", { name: "移除" }).dblclick();
    await expect(buttons).toHaveCount(count - 1);
  }
  await expect(anchors.getByRole("row")).toHaveCount(before - 2);
  expect(deleted()).toBe(3);
  await tryCard(cards[0] ?? "", /颁发|信任/);
  await other.close();
});

test("the audit is found by what, who and how it ended, and its export holds all of it and no secret", async ({ page, server }) => {
  const zhang = person();
  await server.register(zhang);
  const token = await server.logIn(zhang);
  await server.call("POST", "/v1/sessions", { method: "password", username: zhang.username, password: "not the password" });
  await server.call("GET", "/v1/platform/accounts", undefined, token);
  const staff = await asStaff(page, server, "/staff/audit");
  const { items } = await server.done<{ items: { id: string }[] }>("GET", `/v1/platform/accounts?query=${zhang.phone}`, undefined, staff.token);
  const account = items[0]?.id ?? "";
  await server.done("POST", `/v1/platform/accounts/${account}/lock`, { reason: "举报属实" }, staff.token);
  await server.done("POST", `/v1/platform/accounts/${account}/reveal`, { reason: "协查函 2026-18" }, staff.token);

  const search = page.getByRole("search");
  const rows = page.getByRole("main").getByRole("row");
  await search.getByLabel("对象编号").fill(account);
  await search.getByLabel("操作", { exact: true }).fill("account.locked");
  await search.getByRole("button", { name: "查询" }).click();
  await expect(rows).toHaveCount(2);
  await rows.nth(1).getByRole("button", { name: /^详情/ }).click();
  await expect(page.getByRole("main")).toContainText("举报属实");
  await everyLook(page, "staff-audit-row");
  await search.getByLabel("操作", { exact: true }).fill("");
  await search.getByLabel("对象编号").fill("");
  await search.getByLabel("操作人编号").fill(account);
  await choose(page, "结果", "被拒绝");
  await expect(rows).toHaveCount(2);
  await expect(rows.nth(1)).toContainText("仅限平台工作人员");
  await search.getByLabel("操作人编号").fill("not an id");
  await search.getByRole("button", { name: "查询" }).click();
  await expect(page.getByRole("main").getByRole("alert").filter({ hasText: "编号格式不对" })).toBeVisible();
  await everyLook(page, "staff-audit-refused");
  await search.getByLabel("操作人编号").fill("");
  await choose(page, "结果", "结果：全部");
  await expect(rows.nth(5)).toBeVisible();
  await everyLook(page, "staff-audit");

  // A day on which nothing happened.
  await search.getByPlaceholder("开始时间").fill("2020-01-01");
  await search.getByPlaceholder("结束时间").fill("2020-01-02");
  await search.getByPlaceholder("结束时间").press("Enter");
  await search.getByRole("button", { name: "查询" }).click();
  await expect(page.getByRole("main")).toContainText("没有符合条件的记录");
  await page.reload();

  const asked = sent(page, "GET", /\/audit\/export$/);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: "导出" }).dblclick()]);
  expect(download.suggestedFilename()).toMatch(/^audit-\d{4}-\d{2}-\d{2}\.ndjson$/);
  const text = readFileSync(await download.path(), "utf8");
  const lines = text.trimEnd().split("\n").map((line) => JSON.parse(line) as { id: string; action: string; target_id: string | null });
  await expect(page.getByText(`已导出 ${lines.length} 条`).first()).toBeVisible();
  expect(asked()).toBe(Math.ceil(lines.length / 2000));
  expect(lines.some((line) => line.action === "account.revealed" && line.target_id === account)).toBe(true);
  expect(new Set(lines.map(({ id }) => id)).size).toBe(lines.length);
  for (const secret of [zhang.idNumber, zhang.phone, zhang.password, "not the password", staff.password, staff.token, token]) {
    expect(text.includes(secret), "the export holds a secret").toBe(false);
  }
  expect(text).not.toMatch(/eyJ[\w-]+\.eyJ/);
  expect(text).not.toMatch(/\b[1-6]\d{5}(?:19|20)\d{9}[\dX]\b/);
});

test("the administrator of an enterprise doesn't see in its own audit who of the staff decided", async ({ page, server }) => {
  const [zhang, of] = [person(), enterprise()];
  await server.register(zhang);
  const token = await server.logIn(zhang);
  const entry = { name: of.name, registered_address: "杭州市上城区", business_scope: "货物进出口" };
  await server.done("POST", "/v1/associations", { role: "admin", uscc: of.uscc, enterprise: entry }, token);
  const staff = await joinStaff(server);
  const { items } = await server.done<{ items: { id: string }[] }>("GET", `/v1/platform/enterprises?query=${of.uscc}`, undefined, staff.token);
  await server.done("POST", `/v1/platform/enterprises/${items[0]?.id}/verify`, { reason: "已核实" }, staff.token);
  await page.goto("/trail");
  await logIn(page, zhang);
  const line = page.getByRole("main").getByRole("row").filter({ hasText: "企业认证" });
  await expect(line).toContainText("平台工作人员");
  await expect(page.getByRole("main")).not.toContainText(staff.name);
});
